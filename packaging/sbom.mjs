// The parts of an archive as CycloneDX 1.6, from the lock files and the notices: what NuGet and npm resolved, with their hashes.
// Usage: node packaging/sbom.mjs RID NATIVES RUNTIME-VERSION      NATIVES: llamasharp, llamacpp or both
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const [rid, natives, runtime] = process.argv.slice(2);
if (!runtime) {
    console.error("usage: node packaging/sbom.mjs RID NATIVES RUNTIME-VERSION");
    process.exit(2);
}

const text = (path) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const hex = (base64) => Buffer.from(base64, "base64").toString("hex");
const version = /<Version>(.*)<\/Version>/.exec(text("Directory.Build.props"))[1];
const isNative = rid === "linux-x64" || rid === "linux-arm64";
const lock = JSON.parse(text(`src/Cli/${isNative ? "packages.lock.json" : "packages.single-file.lock.json"}`)).dependencies;

// They work while the program is built. The compiler stays: the runtime that it links in is part of its package.
const tools = /^(Meziantou\.Analyzer|Roslynator\.Analyzers|Microsoft\.CodeAnalysis\.BannedApiAnalyzers|Microsoft\.NET\.ILLink\.Tasks)$/;
const other = natives === "llamacpp" ? /^LLamaSharp\.Backend\./ : /^$/;
const licenses = new Map(
    [...text("THIRD-PARTY-NOTICES.md").matchAll(/^\| (?:\[(.+?)\]\(.*?\)|(\S+)) \| .+? \| (.+?) \|/gm)].map((row) => [row[1] ?? row[2], row[3]]));
licenses.set("Microsoft.DotNet.ILCompiler", "MIT");

function licensesOf(name) {
    const license = licenses.get(name) ?? (/^(runtime\..*|Microsoft\.(NETCore|AspNetCore)\.App\..*)$/.test(name) ? "MIT" : undefined);
    if (!license) throw new Error(`THIRD-PARTY-NOTICES.md does not name ${name}: packaging/notices.sh writes it anew`);
    return [license === "see below" ? { license: { name: "see THIRD-PARTY-NOTICES.md" } } : { license: { id: license } }];
}

const component = (name, version, purl, sha512) => ({
    type: "library",
    "bom-ref": purl,
    name,
    version,
    ...(sha512 ? { hashes: [{ alg: "SHA-512", content: hex(sha512) }] } : {}),
    licenses: licensesOf(name),
    purl,
});

const packages = new Map();
const needs = new Map();
const direct = new Set();
for (const target of Object.keys(lock).filter((key) => !key.includes("/") || key.endsWith(`/${rid}`)).sort()) {
    for (const [name, entry] of Object.entries(lock[target])) {
        if (entry.type === "Project") {
            Object.keys(entry.dependencies ?? {}).forEach((need) => direct.add(need));
            continue;
        }
        if (tools.test(name) || other.test(name)) continue;
        packages.set(name, component(name, entry.resolved, `pkg:nuget/${name}@${entry.resolved}`, entry.contentHash));
        needs.set(name, Object.keys({ ...entry.dependencies }));
        if (entry.type === "Direct") direct.add(name);
    }
}
for (const name of ["NETCore", "AspNetCore"].map((part) => `Microsoft.${part}.App.Runtime.${rid}`)) {
    packages.set(name, component(name, runtime, `pkg:nuget/${name}@${runtime}`));
    direct.add(name);
}
if (natives !== "llamasharp") {
    const name = `@node-llama-cpp/${rid}`;
    const entry = JSON.parse(text("native/llamacpp/package-lock.json")).packages[`node_modules/${name}`];
    const purl = `pkg:npm/%40node-llama-cpp/${rid}@${entry.version}`;
    packages.set(name, component(name, entry.version, purl, entry.integrity.replace(/^sha512-/, "")));
    direct.add(name);
}

const byName = (left, right) => (left < right ? -1 : 1);
const names = [...packages.keys()].sort(byName);
const references = (wanted) => [...wanted].filter((name) => packages.has(name)).sort(byName).map((name) => packages.get(name)["bom-ref"]);
const root = `pkg:generic/modelops@${version}?platform=${rid}`;
const bom = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
        ...(process.env.SOURCE_DATE_EPOCH ? { timestamp: new Date(process.env.SOURCE_DATE_EPOCH * 1000).toISOString() } : {}),
        component: { type: "application", "bom-ref": root, name: "modelops", version, licenses: [{ license: { id: "MIT" } }], purl: root },
    },
    components: names.map((name) => packages.get(name)),
    dependencies: [
        { ref: root, dependsOn: references(direct) },
        ...names.map((name) => ({ ref: packages.get(name)["bom-ref"], dependsOn: references(needs.get(name) ?? []) })),
    ],
};

// The number of the list follows from what is in it, so that two builds do not differ.
const digest = createHash("sha256").update(JSON.stringify(bom)).digest("hex");
bom.serialNumber = `urn:uuid:${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-a${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
console.log(JSON.stringify(bom, null, 2));
