// Takes out of the kit's style sheet what no page of ours can use: a selector stays when every
// class in it is a word that stands somewhere in our templates, Python or scripts.

const NESTING = /^@(media|supports|layer|container)\b/;
const LENIENT = /:(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)/g;
const CLASS = /\.(-?[A-Za-z_](?:[\w-]|\\.)*)/g;

/** The index behind the brace that closes the block opened just before `start`. */
function blockEnd(css, start) {
  let depth = 1;
  for (let at = start; at < css.length; at++) {
    const char = css[at];
    if (char === '"' || char === "'") {
      at++;
      while (css[at] !== char) at += css[at] === "\\" ? 2 : 1;
    } else if (char === "{") depth++;
    else if (char === "}" && --depth === 0) return at + 1;
  }
  return css.length;
}

function selectorsOf(prelude) {
  const found = [];
  let depth = 0;
  let current = "";
  for (const char of prelude) {
    if (char === "(" || char === "[") depth++;
    if (char === ")" || char === "]") depth--;
    if (char === "," && depth === 0) {
      found.push(current);
      current = "";
    } else current += char;
  }
  return [...found, current];
}

function isUsed(selector, words) {
  const strict = selector.replace(LENIENT, "").replace(/\[[^\]]*\]/g, "");
  return [...strict.matchAll(CLASS)].every(([, name]) => words.has(name.replaceAll("\\", "")));
}

function rule(prelude, block, words) {
  if (NESTING.test(prelude)) {
    const inside = purge(block.slice(0, -1), words);
    return inside ? `${prelude}{${inside}}` : "";
  }
  if (prelude.startsWith("@")) return `${prelude}{${block}`;
  const used = selectorsOf(prelude).filter((selector) => isUsed(selector, words));
  return used.length > 0 ? `${used.join(",")}{${block}` : "";
}

/** The style sheet without the rules that nothing among `words` can match. */
export function purge(css, words) {
  const text = css.replace(/\/\*[\s\S]*?\*\//g, "");
  let kept = "";
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === ";") {
      kept += text.slice(start, at + 1);
      start = at + 1;
    } else if (text[at] === "{") {
      const end = blockEnd(text, at + 1);
      kept += rule(text.slice(start, at).trim(), text.slice(at + 1, end), words);
      start = end;
      at = end - 1;
    }
  }
  return kept;
}
