using Sprache;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>
/// A place in a source, for Sprache. Unlike Sprache's own it can jump, so that a token costs one step and not one per character.
/// </summary>
internal sealed class ModelfileInput(ModelfileScan scan, int position) : IInput
{
    private Dictionary<object, object>? _memos;

    public ModelfileScan Scan { get; } = scan;

    public string Source => Scan.Source.Text;

    public char Current => Source[Position];

    public bool AtEnd => Position >= Source.Length;

    public int Position { get; } = position;

    public int Line => Scan.Source.LineOf(Position);

    public int Column => Position - Scan.Source.StartOf(Line) + 1;

    public IDictionary<object, object> Memos => _memos ??= [];

    public IInput Advance() => AtEnd ? throw new InvalidOperationException("The input is at its end.") : At(Position + 1);

    public ModelfileInput At(int position) => new(Scan, position);

    public bool Equals(IInput? other) => other is ModelfileInput input && ReferenceEquals(input.Scan, Scan) && input.Position == Position;

    public override bool Equals(object? obj) => Equals(obj as IInput);

    public override int GetHashCode() => Position;

    public override string ToString() => $"Line {Line}, Column {Column}";
}
