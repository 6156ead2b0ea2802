// A terminal's screen, as `tmux capture-pane -e` gives it, as HTML. Knows colours and weights, no cursor movements.
const BASIC = ['#14161b', '#ffc0b9', '#b3f6c0', '#fce094', '#a6dbff', '#ffcaff', '#8cf8f7', '#eef1f8'];
const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** The style after one more escape sequence. */
function styled(style, codes) {
  const next = { ...style };
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at];
    if (code === 0) {
      return styled({}, codes.slice(at + 1));
    } else if (code === 1) {
      next['font-weight'] = 'bold';
    } else if (code === 3) {
      next['font-style'] = 'italic';
    } else if (code === 7) {
      next.color = '#14161b';
      next.background = '#c4c6cd';
    } else if (code === 38 || code === 48) {
      next[code === 38 ? 'color' : 'background'] = `rgb(${codes.slice(at + 2, at + 5)})`;
      at += 4;
    } else if (code >= 30 && code <= 37) {
      next.color = BASIC[code - 30];
    } else if (code === 39) {
      delete next.color;
    } else if (code === 49) {
      delete next.background;
    }
  }
  return next;
}

/** A page with nothing on it but the screen, in one <pre>. */
export function page(screen) {
  let style = {};
  const html = screen
    .replace(/\n+$/, '')
    .split(/(\x1b\[[\d;:]*m)/)
    .map((part) => {
      const sequence = /^\x1b\[([\d;:]*)m$/.exec(part);
      if (sequence) {
        style = styled(style, sequence[1].split(/[;:]/).map(Number));
        return '';
      }
      const css = Object.entries(style).map(([name, value]) => `${name}:${value}`);
      return `<span style="${css.join(';')}">${escape(part)}</span>`;
    })
    .join('');
  return `<body style="margin:0;background:#14161b"><pre style="display:inline-block;margin:0;padding:12px;
    font:15px/20px 'DejaVu Sans Mono',monospace;color:#e0e2ea;background:#14161b">${html}</pre></body>`;
}
