"use strict";
// Numbers in readable form: bytes in powers of two, spans with a suitable unit.

const group = n => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ",");

function bytes(n) {
  if (!(n >= 0)) return "unknown";
  if (n < 10240) return group(n) + " B";
  let unit = -1;
  while (n >= 1024 && unit < 5) { n /= 1024; unit++; }
  return trimZeros(n.toFixed(1)) + " " + ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"][unit];
}

// tickBytes formats a tick label: multiples of a power of two stay short.
function tickBytes(n) {
  if (n < 0) return "";
  let unit = 0;
  while (n >= 1024 && unit < 6) { n /= 1024; unit++; }
  return trimZeros(n.toFixed(2)) + " " + ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"][unit];
}

const trimZeros = s => s.includes(".") ? s.replace(/\.?0+$/, "") : s;

// span formats a number of nanoseconds as words.Duration does, so that the page says the
// same number as its sentences.
function span(ns) {
  const a = Math.abs(ns), s = ns / 1e9;
  if (a === 0) return "0 s";
  if (a < 1e3) return ns + " ns";
  if (a < 1e6) return Math.trunc(ns / 1e3) + " µs";
  if (a < 1e8) return (ns / 1e6).toFixed(1) + " ms";
  if (a < 3.6e12) return s.toFixed(3) + " s";
  if (a < 48 * 3.6e12) return (s / 3600).toFixed(1) + " h";
  return (s / 86400).toFixed(1) + " days";
}

const two = n => String(n).padStart(2, "0");

// clock formats seconds since the capture began with the given number of decimals.
function clock(s, decimals) {
  const sign = s < 0 ? "−" : "";
  s = Math.abs(s);
  if (s < 120) return sign + s.toFixed(decimals);
  let whole = Math.floor(s), rest = (s - whole).toFixed(decimals).slice(1);
  if (s - whole + 0.5 * 10 ** -decimals >= 1) { whole++; rest = (0).toFixed(decimals).slice(1); }
  const h = Math.floor(whole / 3600);
  return sign + (h ? h + ":" + two(Math.floor(whole / 60) % 60) : Math.floor(whole / 60)) + ":" + two(whole % 60) + rest;
}

// wallClock formats seconds since the capture began as date and time of day in UTC.
function wallClock(begin, s) {
  const date = new Date(begin.ms + s * 1e3 + begin.ns / 1e6);
  return isNaN(date) ? "" : date.toISOString().replace("T", " ").replace("Z", " UTC");
}

// el builds an element. Strings become text, never markup.
function el(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === false || value == null) continue;
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else e.setAttribute(name, value === true ? "" : value);
  }
  e.append(...children.flat().filter(c => c != null && c !== false));
  return e;
}
