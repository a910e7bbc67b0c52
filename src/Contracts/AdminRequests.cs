using System.Text.Json;

namespace NovaNetBus.Contracts;

/// <summary>What <c>novanet</c> asks of the queue <see cref="Wire.AdminQueue"/>: the command's words and its options.</summary>
/// <param name="Command">As typed, e.g. <c>network create</c>.</param>
/// <param name="Arguments">Option names (without dashes, in kebab-case) and positional names to values.</param>
public sealed record AdminRequest(string Command, IReadOnlyDictionary<string, string?> Arguments);

/// <summary>The answer to an <see cref="AdminRequest"/>: a document, or a refusal.</summary>
/// <param name="Result">The JSON document that <c>--output json</c> prints; absent on a refusal.</param>
/// <param name="Code">One of <see cref="ErrorCodes"/>; absent when done.</param>
/// <param name="Message">A sentence that says what to do; absent when done.</param>
public sealed record AdminReply(JsonElement? Result, string? Code = null, string? Message = null);
