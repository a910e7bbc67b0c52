namespace NovaNetBus.Simulator;

/// <summary>Ends a command with exit code 1; the message is a sentence for the person who typed it.</summary>
internal sealed class SimulatorException(string message) : Exception(message);
