using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ModelOps.Cli.Output;

/// <summary>Progress lines of create, pull and push: bars that move on a terminal, a plain line per change in a log.</summary>
internal sealed class ProgressDisplay(CliContext context)
{
    private const int BarWidth = 30;

    private readonly List<ProgressLine> _lines = [];
    private readonly Dictionary<string, ProgressLine> _bars = new(StringComparer.Ordinal);
    private long _drawnAt;
    private int _drawnLines;

    /// <summary>Shows one object of a progress stream: <c>{status, digest?, total?, completed?}</c>.</summary>
    internal void Show(JsonNode progress) => Show(new ModelStore.Building.ProgressLine(
        (string?)progress["status"] ?? "", (string?)progress["digest"] ?? "", (long?)progress["total"] ?? 0, (long?)progress["completed"] ?? 0));

    /// <summary>Shows one line of work that is done here.</summary>
    internal void Show(ModelStore.Building.ProgressLine progress)
    {
        // An import knows the digest when it is done; its words tell one bar from another.
        var key = progress.Digest.Length > 0 ? progress.Digest : progress.Status;
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

    private void ShowBar(string digest, string status, long completed, long total)
    {
        if (!_bars.TryGetValue(digest, out var line))
        {
            line = new ProgressLine(status) { Started = context.Time.GetTimestamp(), First = completed };
            _bars.Add(digest, line);
            _lines.Add(line);
        }

        var before = line.Percent;
        (line.Completed, line.Total) = (completed, total);
        line.Elapsed = context.Time.GetElapsedTime(line.Started);
        if (!context.ErrorIsTerminal)
        {
            // A log gets a line for each tenth.
            if (line.Percent / 10 > before / 10 || before < 0)
                context.Error.WriteLine(line.ToText());
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
        foreach (var line in _lines)
            text.Append("\r\e[K").Append(line.ToText()).Append('\n');
        _drawnLines = _lines.Count;
        context.Error.Write(text.ToString());
        context.Error.Flush();
    }

    private sealed class ProgressLine(string label)
    {
        internal long Completed { get; set; }

        internal long Total { get; set; }

        internal long First { get; init; }

        internal long Started { get; init; }

        internal TimeSpan Elapsed { get; set; }

        internal int Percent => Total == 0 ? -1 : (int)(Completed * 100 / Total);

        internal string ToText()
        {
            if (Total == 0)
                return label;
            var filled = (int)(Completed * BarWidth / Total);
            var bar = new string('█', filled) + new string(' ', BarWidth - filled);
            var head = $"{label}: {Percent,3}% ▕{bar}▏ {HumanText.Bytes(Completed),6}";
            if (Completed >= Total)
                return head;
            var rate = Elapsed.TotalSeconds > 0.2 ? (Completed - First) / Elapsed.TotalSeconds : 0;
            var left = rate > 0 ? HumanText.Short(TimeSpan.FromSeconds(Math.Floor((Total - Completed) / rate))) : "";
            return $"{head}/{HumanText.Bytes(Total)}  {HumanText.Bytes((long)rate)}/s  {left}";
        }
    }
}
