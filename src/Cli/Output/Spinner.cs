namespace ModelOps.Cli.Output;

/// <summary>A sign on a terminal that work goes on, from a moment after its begin until it is disposed of. Nothing of it stays.</summary>
internal sealed class Spinner : IAsyncDisposable
{
    private const string Signs = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _end = new();
    private readonly Task _turning;
    private bool _isOver;

    private Spinner(CliContext context) => _turning = context.ErrorIsTerminal ? TurnAsync(context) : Task.CompletedTask;

    internal static Spinner Start(CliContext context) => new(context);

    public async ValueTask DisposeAsync()
    {
        if (_isOver)
            return;
        _isOver = true;
        await _end.CancelAsync();
        await _turning;
        _end.Dispose();
    }

    private async Task TurnAsync(CliContext context)
    {
        var isShown = false;
        try
        {
            await Task.Delay(s_patience, context.Time, _end.Token);
            for (var turn = 0; ; turn = (turn + 1) % Signs.Length)
            {
                context.ExactError.Write($"\r{Signs[turn]} ");
                isShown = true;
                await Task.Delay(s_step, context.Time, _end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            if (isShown)
                context.ExactError.Write("\r\e[K");
        }
    }
}
