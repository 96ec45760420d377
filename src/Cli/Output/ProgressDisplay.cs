using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Cli.Output;

/// <summary>
/// Progress lines of create, pull and push: bars that move on a terminal and fit into it, a plain line per change in a log.
/// </summary>
internal sealed class ProgressDisplay(CliContext context)
{
    private const int WidestBar = 50;
    private const int NarrowestBar = 5;

    // Seconds; a longer wait is shown as more than 99 hours anyhow.
    private const double LongestWait = 1e6;

    private readonly List<ProgressLine> _lines = [];
    private readonly Dictionary<string, ProgressLine> _bars = new(StringComparer.Ordinal);
    private long _drawnAt;
    private int _drawnLines;

    /// <summary>Shows one object of a progress stream: <c>{status, digest?, total?, completed?}</c>.</summary>
    internal void Show(JsonNode progress) => Show(new ModelStore.Building.ProgressLine(
        (string?)progress["status"] ?? "", (string?)progress["digest"] ?? "", (long?)progress["total"] ?? 0,
        (long?)progress["completed"] ?? 0));

    /// <summary>Shows one line of work that is done here.</summary>
    internal void Show(ModelStore.Building.ProgressLine progress)
    {
        progress = progress with { Status = SafeText.ForLine(progress.Status) };

        // An import knows the digest only when it is done, and some work on one digest has several steps, so the key holds
        // the words of the status as well.
        var key = $"{progress.Digest} {progress.Status}";
        if (progress.Total > 0)
            ShowBar(key, progress.Status, progress.Completed, progress.Total);
        else
            ShowStatus(progress.Status);
    }

    /// <summary>Draws the last state and leaves the lines.</summary>
    internal void Finish()
    {
        if (context.ErrorIsTerminal)
            Draw();
    }

    private void ShowStatus(string status)
    {
        _lines.Add(new ProgressLine(status));
        if (context.ErrorIsTerminal)
            Draw();
        else
            context.Error.WriteLine(status);
    }

    private void ShowBar(string key, string status, long completed, long total)
    {
        if (!_bars.TryGetValue(key, out var line))
        {
            line = new ProgressLine(status) { Started = context.Time.GetTimestamp(), First = completed };
            _bars.Add(key, line);
            _lines.Add(line);
        }

        var before = line.Percent;
        (line.Completed, line.Total) = (completed, total);
        line.Elapsed = context.Time.GetElapsedTime(line.Started);
        if (!context.ErrorIsTerminal)
        {
            // A log gets a line for each tenth.
            if (line.Percent / 10 > before / 10 || before < 0)
                context.Error.WriteLine(line.ToText(width: 0));
        }
        else if (completed == total || context.Time.GetElapsedTime(_drawnAt) > TimeSpan.FromMilliseconds(100))
        {
            Draw();
        }
    }

    private void Draw()
    {
        _drawnAt = context.Time.GetTimestamp();
        var text = new StringBuilder();
        if (_drawnLines > 0)
            text.Append(CultureInfo.InvariantCulture, $"\e[{_drawnLines}A");

        // A line that wraps or scrolls away cannot be drawn over.
        var (columns, rows) = context.TerminalSize();
        var shown = _lines.TakeLast(Math.Max(1, rows - 1)).ToList();
        foreach (var line in shown)
            text.Append("\r\e[K").Append(line.ToText(columns)).Append('\n');
        _drawnLines = shown.Count;
        context.ExactError.Write(text.ToString());
        context.ExactError.Flush();
    }

    private sealed class ProgressLine(string label)
    {
        internal long Completed { get; set; }

        internal long Total { get; set; }

        internal long First { get; init; }

        internal long Started { get; init; }

        internal TimeSpan Elapsed { get; set; }

        internal int Percent => Total == 0 ? -1 : (int)Math.Clamp((double)Completed * 100 / Total, 0, 100);

        /// <summary>One line of at most the given columns; 0 is a log, which gets no bar.</summary>
        internal string ToText(int width)
        {
            if (Total == 0)
                return Cut(label, width);
            var (head, tail) = ($"{label}: {Percent,3}% ", $" {HumanText.Bytes(Completed),6}{Ahead()}");
            var room = Math.Min(WidestBar, width - head.Length - tail.Length - 2);
            if (room < NarrowestBar)
                return Cut(head + tail.TrimStart(), width);
            var filled = (int)Math.Clamp((double)Completed / Total * room, 0, room);
            return $"{head}▕{new string('█', filled)}{new string(' ', room - filled)}▏{tail}";
        }

        private string Ahead()
        {
            if (Completed >= Total)
                return "";
            var rate = Elapsed.TotalSeconds > 0.2 ? (Completed - First) / Elapsed.TotalSeconds : 0;
            return rate > 0
                ? $"/{HumanText.Bytes(Total)}  {HumanText.Bytes((long)rate)}/s  "
                    + $"{HumanText.Short(TimeSpan.FromSeconds(Math.Min(LongestWait, Math.Ceiling((Total - Completed) / rate))))}"
                : $"/{HumanText.Bytes(Total)}";
        }

        private static string Cut(string text, int width) => width > 0 && text.Length > width ? text[..width] : text;
    }
}
