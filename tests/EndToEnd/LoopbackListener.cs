using System.Net;

namespace ModelOps.EndToEnd;

/// <summary>Starts small servers of the tests on free ports of loopback; a port may be taken between being found and being used.</summary>
internal static class LoopbackListener
{
    private const int Attempts = 20;

    /// <param name="path">What it answers, ending with a slash; empty for everything.</param>
    /// <returns>One that listens, and its address with a slash at the end.</returns>
    internal static (HttpListener Listener, string Address) Start(string path = "")
    {
        for (var attempt = 1; ; attempt++)
        {
            // One that could not start cannot be started again.
            var listener = new HttpListener();
            var address = $"http://127.0.0.1:{Daemon.FreePort()}/{path}";
            listener.Prefixes.Add(address);
            try
            {
                listener.Start();
                return (listener, address);
            }
            catch (HttpListenerException) when (attempt < Attempts)
            {
                // Somebody else has it.
            }
        }
    }
}
