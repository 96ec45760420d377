#!/usr/bin/env bash
# The list of parts has everything that the lock files resolve for a platform, each with a number, a license and where it is from.
set -euo pipefail
cd "$(dirname "$0")/../.."
. packaging/common.sh
for platform in "linux-x64 both" "linux-arm64 llamacpp" "linux-musl-x64 llamasharp" "win-x64 llamasharp" "osx-arm64 llamasharp"; do
    read -r rid natives <<<"$platform"
    node packaging/sbom.mjs "$rid" "$natives" 10.0.0 | node -e '
        const [rid, lockFile] = process.argv.slice(1);
        let text = "";
        process.stdin.on("data", data => text += data).on("end", () => {
            const bom = JSON.parse(text);
            const check = (holds, what) => { if (!holds) { console.error(`sbom of ${rid}: ${what}`); process.exit(1); } };
            check(bom.bomFormat === "CycloneDX" && bom.specVersion === "1.6" && /^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(bom.serialNumber), "head");
            const references = new Set(bom.components.map(part => part["bom-ref"]));
            check(references.size === bom.components.length, "a part stands there twice");
            for (const part of bom.components) {
                check(part.purl && part.version && part.licenses.length === 1 && (part.licenses[0].license.id || part.licenses[0].license.name), part.name);
                check(!part.hashes || /^[0-9a-f]{128}$/.test(part.hashes[0].content), `hash of ${part.name}`);
            }
            const reached = new Set();
            const reach = (ref) => { if (!reached.has(ref)) { reached.add(ref); bom.dependencies.find(entry => entry.ref === ref).dependsOn.forEach(reach); } };
            reach(bom.metadata.component["bom-ref"]);
            check(reached.size === references.size + 1, `nobody needs ${[...references].filter(ref => !reached.has(ref))}`);
            const names = new Map(bom.components.map(part => [part.name, part.version]));
            const lock = JSON.parse(require("fs").readFileSync(lockFile)).dependencies;
            const tools = ["Meziantou.Analyzer", "Roslynator.Analyzers", "Microsoft.CodeAnalysis.BannedApiAnalyzers", "Microsoft.NET.ILLink.Tasks"];
            if (rid === "linux-arm64") tools.push("LLamaSharp.Backend.Cpu");
            for (const [target, packages] of Object.entries(lock))
                if (!target.includes("/") || target.endsWith("/" + rid))
                    for (const [name, entry] of Object.entries(packages))
                        check(entry.type === "Project" || tools.includes(name) || names.get(name) === entry.resolved, `${name} is missing`);
            console.log(`sbom of ${rid}: ${bom.components.length} parts`);
        });' "$rid" "src/Cli/packages$([ "${rid%-x64}" = linux ] || [ "$rid" = linux-arm64 ] || echo .single-file).lock.json"
done
