using ModelOps.Runtime.Workers;
using ModelOps.WorkerHost;

// The smallest program that can be a worker, so that tests of the runtime need nothing above it. With "crash HOW FIFO" in
// front it dies in native code as soon as somebody writes to the FIFO.
if (args is ["crash", var how, var fifo, .. var rest])
{
    args = rest;
    new Thread(() =>
    {
        using (File.OpenRead(fifo))
            Crash.Now(how);
    })
    { IsBackground = true }.Start();
}

if (args is ["daemon", var weights, var native, var sockets])
    return await Daemon.RunAsync(weights, native, sockets);

if (args is ["hold", var held, var library, var folder])
    return await Daemon.HoldAsync(held, library, folder);

return await WorkerMain.RunAsync(args, TimeProvider.System, CancellationToken.None);
