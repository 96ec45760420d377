namespace ModelOps.Cli;

/// <summary>Exit codes of the GitOps verbs. The reference's verbs know only 0 and 1. The output format never changes the code.</summary>
internal static class ExitCode
{
    internal const int Done = 0;
    internal const int Failed = 1;
    internal const int ChangesPresent = 2;
    internal const int Usage = 3;
    internal const int Source = 4;
    internal const int Refused = 5;
    internal const int DoesNotFit = 6;
    internal const int Timeout = 7;
    internal const int Partial = 8;
    internal const int NotReachable = 9;
    internal const int StalePlan = 10;
    internal const int Interrupted = 130;
    internal const int Terminated = 143;
}
