using ModelOps.TestKit.Generated;

// Writes a model with random weights to measure with: as fast and as large as a real one of its shape.
ModelShape? shape = args is [var name, _] ? name switch
{
    "0.5b" => ModelShape.HalfBillion,
    "0.5b-f32" => ModelShape.HalfBillion with { IsPacked = false },
    "sliding-window" => ModelShape.SlidingWindow,
    "recurrent" => ModelShape.Recurrent,
    "embedding" => ModelShape.Embedding,
    _ => null,
} : null;
if (shape is null)
{
    Console.Error.WriteLine("Usage: MakeModel 0.5b|0.5b-f32|sliding-window|recurrent|embedding FILE.gguf");
    return 1;
}

Console.WriteLine($"{GeneratedModel.Write(shape, args[1])}: {new FileInfo(args[1]).Length} bytes");
return 0;
