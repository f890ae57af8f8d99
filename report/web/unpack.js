// Blocks: base64 of raw deflate of a length, JSON, and columns of varints.

async function unpackBlock(id) {
  const element = document.getElementById(id);
  if (!element) return null;
  const raw = await inflate(fromBase64(element.textContent));
  const length = new DataView(raw.buffer, raw.byteOffset).getUint32(0, true);
  return {
    head: JSON.parse(new TextDecoder().decode(raw.subarray(4, 4 + length))),
    read: varints(raw, 4 + length),
  };
}

function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const chars = atob(text), bytes = new Uint8Array(chars.length);
  for (let i = 0; i < chars.length; i++) bytes[i] = chars.charCodeAt(i);
  return bytes;
}

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// varints returns a function that reads the next zigzag varint. The arithmetic
// is in doubles: a bit operation would cut at 32 bits.
function varints(bytes, at) {
  return () => {
    let value = 0, scale = 1, byte;
    do {
      byte = bytes[at++];
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte > 127);
    return value % 2 ? -(value + 1) / 2 : value / 2;
  };
}

// unpackPoints reads the columns of a stream's points, with the predictions of
// htmlpack.go. Unknown byte counts are NaN: they draw as gaps.
function unpackPoints(head, read) {
  const n = head.points;
  const column = (make, next) => {
    const out = new make(n);
    for (let i = 0; i < n; i++) out[i] = next(i);
    return out;
  };
  let ticks = 0, number = 0;
  const time = column(Float64Array, () => (head.origin + (ticks += read()) * head.unit) / 1e9);
  const frame = column(Float64Array, () => number += read());
  const dir = column(Uint8Array, read);
  const delta = () => {
    const last = [0, 0];
    return column(Float64Array, i => last[dir[i]] += read());
  };
  const window = delta(), raw = delta(), ack = delta();
  const length = column(Float64Array, read);
  const next = [0, 0];
  const seq = column(Float64Array, i => {
    const at = next[dir[i]] + read();
    next[dir[i]] = at + length[i];
    return at;
  });
  const edge = column(Float64Array, i => (ack[i] < 0 || window[i] < 0 ? -1 : ack[i] + window[i]) + read());
  const flight = [0, 1].map(d => {
    let sent = -1, acked = 0, now = -1;
    return column(Float64Array, i => {
      let guess;
      if (dir[i] !== d) {
        acked = Math.max(acked, ack[i]);
        guess = Math.min(now, Math.max(sent - acked, 0));
      } else {
        sent = Math.max(sent, seq[i] + length[i]);
        guess = Math.max(sent - acked, 0);
      }
      return now = guess + read();
    });
  });
  const events = column(Uint32Array, read), flags = column(Uint16Array, read);
  for (const values of [window, ack, seq, edge, ...flight]) {
    for (let i = 0; i < n; i++) if (values[i] < 0) values[i] = NaN;
  }
  return { n, time, frame, dir, window, raw, ack, seq, length, edge, flight, events, flags };
}

// unpackKernel reads the kernel's samples of an experiment.
function unpackKernel(head, read) {
  const column = scale => {
    let last = 0;
    return Float64Array.from({ length: head.points }, () => (last += read()) * scale);
  };
  const k = { n: head.points, time: column(1e-9), unread: column(1), queue: column(1), window: column(1) };
  for (const values of [k.unread, k.queue, k.window]) {
    for (let i = 0; i < k.n; i++) if (values[i] < 0) values[i] = NaN;
  }
  return k;
}
