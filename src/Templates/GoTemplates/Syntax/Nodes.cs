using System.Collections.Immutable;
using ModelOps.Templates.GoTemplates.Functions;
using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Syntax;

/// <summary>A node of a parsed template; never changed after parsing.</summary>
/// <param name="Position">Offset in the template's text.</param>
internal abstract record GoNode(int Position);

/// <summary>Nodes one after the other.</summary>
internal sealed record ListNode(int Position, ImmutableArray<GoNode> Nodes) : GoNode(Position);

/// <summary>Text outside actions, ready to be written (<see cref="ByteText"/>).</summary>
internal sealed record TextNode(int Position, string Bytes) : GoNode(Position);

/// <summary>An action that prints, or declares, the value of its pipeline.</summary>
internal sealed record ActionNode(int Position, PipeNode Pipe) : GoNode(Position);

/// <summary>What kind of block a <see cref="BranchNode"/> is.</summary>
internal enum BranchKind : byte
{
    If,
    Range,
    With,
}

/// <summary><c>if</c>, <c>range</c> or <c>with</c>.</summary>
internal sealed record BranchNode(int Position, BranchKind Kind, PipeNode Pipe, ListNode List, ListNode? ElseList) : GoNode(Position);

/// <summary><c>break</c> or <c>continue</c>.</summary>
internal sealed record JumpNode(int Position, bool IsBreak) : GoNode(Position);

/// <summary><c>template "name" pipeline</c>; the name is <see cref="ByteText"/>.</summary>
internal sealed record TemplateNode(int Position, string Name, PipeNode? Pipe) : GoNode(Position);

/// <summary>Only while parsing: the <c>end</c> or <c>else</c> that closes a list.</summary>
internal sealed record CloserNode(int Position, bool IsElse) : GoNode(Position);

/// <summary>Commands, each fed with the value of the one before, and the variables that take the last value.</summary>
internal sealed record PipeNode(
    int Position, bool IsAssignment, ImmutableArray<string> Variables, ImmutableArray<CommandNode> Commands) : GoNode(Position);

/// <summary>An operand, or a function or method with its arguments.</summary>
internal sealed record CommandNode(int Position, ImmutableArray<GoNode> Arguments) : GoNode(Position);

/// <summary>A name of a field: as written, and as a key of maps.</summary>
internal readonly record struct FieldName(string Text, string Key)
{
    internal static FieldName Of(string text) => new(text, ByteText.From(text));
}

/// <summary><c>.A.B</c>.</summary>
internal sealed record FieldNode(int Position, ImmutableArray<FieldName> Names) : GoNode(Position);

/// <summary><c>$name.A.B</c>.</summary>
internal sealed record VariableNode(int Position, string Name, ImmutableArray<FieldName> Fields) : GoNode(Position);

/// <summary><c>(pipeline).A.B</c>.</summary>
internal sealed record ChainNode(int Position, GoNode Operand, ImmutableArray<FieldName> Fields) : GoNode(Position);

/// <summary>A function's name.</summary>
internal sealed record FunctionNode(int Position, GoFunction Function) : GoNode(Position);

/// <summary><c>.</c></summary>
internal sealed record DotNode(int Position) : GoNode(Position);

/// <summary><c>nil</c></summary>
internal sealed record NilNode(int Position) : GoNode(Position);

/// <summary>A constant, and how it was written. An integer that does not fit is invalid, and its use an error.</summary>
internal sealed record ConstantNode(int Position, GoValue Value, string Text) : GoNode(Position);
