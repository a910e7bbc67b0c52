using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NovaNetBus.Hosting;

namespace NovaNetBus.NetworkWorker.Metadata;

/// <summary>Answers one question of a VM. Who asks is told by the connection alone: no header is looked at. Nothing of an answer is logged.</summary>
internal sealed class MetadataApplication(VmDirectory vms, VmLimits limits) : IHttpApplication<HttpContext>
{
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var place = context.Features.GetRequiredFeature<PlaceFeature>().Place;
        if (!limits.Ask(place))
        {
            await RefuseAsync(context, StatusCodes.Status429TooManyRequests, "1");
        }
        else if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            await RefuseAsync(context, StatusCodes.Status405MethodNotAllowed);
        }
        else
        {
            await AnswerAsync(context, place);
        }
    }

    private async Task AnswerAsync(HttpContext context, VmPlace place)
    {
        VmProfile? vm;
        try
        {
            vm = await vms.FindAsync(place);
        }
        catch (Exception fault) when (Outage.IsOutage(fault) || fault is OperationCanceledException)
        {
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "1");
            return;
        }

        if (vm is null || MetadataTree.Find(context.Request.Path.Value ?? "/", vm) is not { } answer)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound);
            return;
        }

        context.Response.ContentType = answer.ContentType;
        context.Response.ContentLength = answer.Body.Length;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string? retryAfterSeconds = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        if (retryAfterSeconds is not null)
        {
            context.Response.Headers.RetryAfter = retryAfterSeconds;
        }

        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.WriteAsync(Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status) + "\n");
    }
}
