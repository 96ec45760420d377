using ModelOps.Transfers;

// Compares import and pull with what a careful person would type: copy or download, then hash.
var options = TransferOptions.Parse(args);
if (options is null)
{
    Console.Error.WriteLine(TransferOptions.Usage);
    return 2;
}

using var place = new Workplace(options);
Console.WriteLine($"{options.Gigabytes} GB, {options.Rounds} round(s), in {place.Folder}");
var reports = new List<Report>();
if (options.Import)
    reports.AddRange(ImportRounds.Run(place, options));
if (options.Pull)
    reports.AddRange(await PullRounds.RunAsync(place, options));
foreach (var report in reports)
    Console.WriteLine(report.ToText());
return reports.TrueForAll(report => report.Holds) ? 0 : 1;
