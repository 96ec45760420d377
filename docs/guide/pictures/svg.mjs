// What a terminal shows, with its escapes for colours, as an SVG picture.
// Usage: tmux capture-pane -p -e | node svg.mjs COLUMNS > picture.svg
import { readFileSync } from "node:fs";

const columns = Number(process.argv[2]);
const [cell, line, margin] = [8.4, 18, 14];
const colours = { 31: "#e06c75", 32: "#98c379", 33: "#e5c07b", 34: "#61afef", 35: "#c678dd", 36: "#56b6c2", 90: "#7f848e" };

/** Columns that a character takes: two for those of East Asia and emoji. */
const width = letter => /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]|\p{Emoji_Presentation}/u.test(letter) ? 2 : 1;
const escaped = text => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** The pieces of a line, each of one look, with the column that it begins at. */
function pieces(text, look) {
  const found = [];
  let column = 0;
  for (const [, codes, letter] of text.matchAll(/\x1b\[([0-9;]*)m|([^\x1b])/gu)) {
    if (letter === undefined) {
      for (const code of (codes || "0").split(";").map(Number)) {
        if (code === 0) Object.assign(look, { fill: null, bold: false, dim: false });
        else if (code === 1) look.bold = true;
        else if (code === 2) look.dim = true;
        else if (code === 22) Object.assign(look, { bold: false, dim: false });
        else if (code === 39) look.fill = null;
        else if (colours[code]) look.fill = colours[code];
      }
      continue;
    }
    const last = found.at(-1);
    const same = last && last.fill === look.fill && last.bold === look.bold && last.dim === look.dim && last.wide === (width(letter) > 1);

    // White space is told by the place of what comes after it: readers of SVG may put several blanks together.
    if (same && (letter === " " || !last.text.endsWith(" "))) last.text += letter;
    else found.push({ ...look, text: letter, column, wide: width(letter) > 1 });
    column += width(letter);
  }
  return found.map(piece => ({ ...piece, text: piece.text.trimEnd() })).filter(piece => piece.text.length > 0);
}

const lines = readFileSync(0, "utf8").replace(/\s+$/, "").split("\n");
const look = { fill: null, bold: false, dim: false };
const [wide, high] = [Math.ceil(columns * cell + 2 * margin), lines.length * line + 2 * margin];
const out = [
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${high}" width="${wide}" height="${high}">`,
  `<rect width="100%" height="100%" rx="8" fill="#1e2127"/>`,
  `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK KR', monospace" font-size="14" fill="#d7dae0">`,
];
lines.forEach((text, row) => {
  for (const piece of pieces(text, look)) {
    const length = [...piece.text].reduce((sum, letter) => sum + width(letter), 0) * cell;
    const style = `${piece.fill ? ` fill="${piece.fill}"` : ""}${piece.bold ? ' font-weight="bold"' : ""}${piece.dim ? ' opacity="0.6"' : ""}`;
    out.push(`<text x="${(margin + piece.column * cell).toFixed(1)}" y="${margin + row * line + 14}" textLength="${length.toFixed(1)}"${style}>${escaped(piece.text)}</text>`);
  }
});
out.push("</g>", "</svg>");
console.log(out.join("\n"));
