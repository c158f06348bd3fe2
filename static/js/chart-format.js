// Figures on axes and in tooltips, in the page's language.
const EXACT = {
  money: { minimumFractionDigits: 2, maximumFractionDigits: 2 },
  number: { maximumFractionDigits: 2 },
};

function tag(locale) {
  return locale.toLowerCase() === "zh-hans" ? "zh-Hans" : locale;
}

export function short(value, format, locale) {
  if (format === "percent") {
    return new Intl.NumberFormat(tag(locale), {
      style: "percent",
      maximumFractionDigits: 1,
    }).format(value);
  }
  const notation = Math.abs(value) >= 10000 ? "compact" : "standard";
  return new Intl.NumberFormat(tag(locale), { notation, maximumFractionDigits: 1 }).format(value);
}

export function exact(value, format, unit, locale) {
  if (value === null || value === undefined) return "–";
  if (format === "percent") {
    const digits = { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 };
    return new Intl.NumberFormat(tag(locale), digits).format(value);
  }
  const text = new Intl.NumberFormat(tag(locale), EXACT[format] ?? EXACT.number).format(value);
  return unit ? `${text}\u00a0${unit}` : text;
}
