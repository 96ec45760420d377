Console.Error.WriteLine("modelops: under construction");
return 1;
