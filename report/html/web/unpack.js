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

// varints returns a function that reads the next n zigzag varints. It calculates in
// doubles because bit operations truncate to 32 bits.
function varints(bytes, at) {
  return n => {
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let byte = bytes[at++], value = byte & 127, scale = 128;
      for (; byte > 127; scale *= 128) {
        byte = bytes[at++];
        value += (byte & 127) * scale;
      }
      out[i] = value % 2 ? -(value + 1) / 2 : value / 2;
    }
    return out;
  };
}

// unpackPoints reads the columns of a stream's points, with the same predictions as
// pack.go. Unknown byte counts become NaN, which is drawn as a gap.
function unpackPoints(head, read) {
  const n = head.points, time = summed(read(n)), frame = summed(read(n)), dir = Uint8Array.from(read(n));
  for (let i = 0; i < n; i++) time[i] = (head.origin + time[i] * head.unit) / 1e9;
  const delta = () => {
    const out = read(n), last = [0, 0];
    for (let i = 0; i < n; i++) out[i] = last[dir[i]] += out[i];
    return out;
  };
  const window = delta(), raw = delta(), ack = delta(), length = read(n), seq = read(n), next = [0, 0];
  for (let i = 0; i < n; i++) {
    seq[i] += next[dir[i]];
    next[dir[i]] = seq[i] + length[i];
  }
  const edge = read(n);
  for (let i = 0; i < n; i++) edge[i] += ack[i] < 0 || window[i] < 0 ? -1 : ack[i] + window[i];
  const flight = [0, 1].map(d => unpackFlight(read(n), d, dir, ack, seq, length));
  const events = Uint32Array.from(read(n)), flags = Uint16Array.from(read(n));
  for (const values of [window, ack, seq, edge, ...flight]) unknownToNaN(values);
  return { n, time, frame, dir, window, raw, ack, seq, length, edge, flight, events, flags };
}

function unpackFlight(out, d, dir, ack, seq, length) {
  let sent = -1, acked = 0, now = -1;
  for (let i = 0; i < out.length; i++) {
    let guess;
    if (dir[i] !== d) {
      acked = Math.max(acked, ack[i]);
      guess = Math.min(now, Math.max(sent - acked, 0));
    } else {
      sent = Math.max(sent, seq[i] + length[i]);
      guess = Math.max(sent - acked, 0);
    }
    out[i] = now = guess + out[i];
  }
  return out;
}

function summed(values) {
  for (let i = 1; i < values.length; i++) values[i] += values[i - 1];
  return values;
}

function unknownToNaN(values) {
  for (let i = 0; i < values.length; i++) if (values[i] < 0) values[i] = NaN;
}

// unpackKernel reads the kernel's samples of an experiment.
function unpackKernel(head, read) {
  const n = head.points, time = summed(read(n)).map(t => t / 1e9);
  const [unread, queue, window] = [0, 1, 2].map(() => summed(read(n)));
  for (const values of [unread, queue, window]) unknownToNaN(values);
  return { n, time, unread, queue, window };
}
