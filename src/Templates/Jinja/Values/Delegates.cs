namespace ModelOps.Templates.Jinja.Values;

/// <summary>A filter: the piped value, and what stands in the parentheses.</summary>
internal delegate object? FilterBody(RenderState state, object? value, Arguments arguments);

/// <summary>A test behind <c>is</c>.</summary>
internal delegate bool TestBody(RenderState state, object? value, Arguments arguments);

/// <summary>A method of a built-in type.</summary>
internal delegate object? Method(RenderState state, object target, Arguments arguments);
