// Watches the page from within: what it asks of the shell and when, which frames it draws, how bright
// they are, and how long its thread is taken. Put in once per page; `window.probe` holds what was seen.
if (!window.probe) {
  const probe = (window.probe = {
    /** Frames that were drawn: time in the sequence (ticks), time of the page (ms), brightness (0 to 255). */
    frames: [],
    /** Seeks that were asked for: time in the sequence (ticks), time of the page (ms). */
    seeks: [],
    /** What was asked of the preview: the name of the call, and what it says. */
    previews: [],
  });
  let brightness = 0;
  const text = (body) => (typeof body === "string" ? body : new TextDecoder().decode(body));
  const fetch = window.fetch;
  window.fetch = function (resource, options) {
    const address = typeof resource === "string" ? resource : resource.url;
    const now = performance.now();
    if (address.endsWith("frame_shown")) {
      probe.frames.push([JSON.parse(text(options.body)).at, now, brightness]);
    } else if (address.endsWith("/call")) {
      const request = JSON.parse(JSON.parse(text(options.body)).request);
      if (request.name.endsWith("_preview")) probe.previews.push([request.name, request.call]);
      const seek = request.name === "control_preview" && request.call.action.seek;
      if (seek) probe.seeks.push([seek.at, now]);
    }
    return fetch.apply(this, arguments);
  };
  // The quarter of 64 points that is darkest: letters and patterns are no flash.
  const look = (length, level) => {
    const points = Array.from({ length: 64 }, (_, at) => level(Math.floor(((at + 0.5) / 64) * length)));
    brightness = points.sort((a, b) => a - b)[16];
  };
  // The plane of a frame that has a point for each of the canvas is its brightness.
  for (const name of ["texImage2D", "texSubImage2D"]) {
    const plain = WebGL2RenderingContext.prototype[name];
    WebGL2RenderingContext.prototype[name] = function (...rest) {
      const bytes = rest.find((one) => ArrayBuffer.isView(one));
      if (bytes && bytes.length === this.canvas.width * this.canvas.height) {
        look(bytes.length, (at) => bytes[at]);
      }
      return plain.apply(this, rest);
    };
  }
  // Without a card frames are pixels; green is most of what is bright.
  const put = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (image, ...rest) {
    if (this.canvas.dataset.part === "frame-canvas") {
      look(image.width * image.height, (at) => 16 + (image.data[at * 4 + 1] * 219) / 255);
    }
    return put.call(this, image, ...rest);
  };

  const answer = (body) => JSON.parse(new TextDecoder().decode(body));
  /** Asks the engine as the page does. */
  probe.ask = async (name, call) => {
    const request = JSON.stringify({ name, call });
    const said = answer(await window.__TAURI__.core.invoke("call", { request }));
    if (said.error) throw new Error(`${name}: ${JSON.stringify(said.error)}`);
    return said.ok;
  };
  /** Applies edits one after the other, each a step. */
  probe.edit = async (project, edits) => {
    let base = (await probe.ask("open_project", { project })).seq;
    for (const edit of edits) base = (await probe.ask("apply_edit", { project, base, edit })).seq;
    return base;
  };
  const next = (probe.next = () => new Promise((done) => requestAnimationFrame(done)));
  probe.pause = (ms) => new Promise((done) => setTimeout(done, ms));
  /** Does something, and notes for how long scripts run for it: the act and all that promises settle of it. */
  probe.act = (act) => {
    const { watching } = probe;
    const start = performance.now();
    act();
    // Promises settle in turns, all of them before anything is drawn.
    const turn = (left) => {
      if (left > 0) queueMicrotask(() => turn(left - 1));
      else watching.script = Math.max(watching.script, performance.now() - start);
    };
    turn(100);
  };
  /** Presses a key. */
  probe.key = (key, held, target = document.body) => {
    const code = key.length === 1 ? `Key${key.toUpperCase()}` : key;
    probe.act(() => target.dispatchEvent(
      new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true, composed: true, ...held })));
  };
  /** Waits until `look` returns something, and returns it with the time of the picture that shows it. */
  probe.shown = async (look, patience) => {
    const start = performance.now();
    for (;;) {
      const now = await next();
      const found = look();
      if (found) return [found, now];
      if (now - start > patience) return [null, now];
    }
  };
  const event = (name, x, y) =>
    new PointerEvent(name, {
      bubbles: true, cancelable: true, composed: true, clientX: x, clientY: y,
      button: name === "pointermove" ? -1 : 0, buttons: name === "pointerup" ? 0 : 1,
      pointerId: 1, pointerType: "mouse", isPrimary: true,
    });
  /** Presses on the ruler and waits for the frame of that moment; returns milliseconds, null when none comes. */
  probe.seek = async (x, tolerance, patience) => {
    const ruler = document.querySelector("[data-part=timeline-ruler]");
    const box = ruler.getBoundingClientRect();
    const [asked, drawn] = [probe.seeks.length, probe.frames.length];
    const start = performance.now();
    ruler.dispatchEvent(event("pointerdown", x, box.top + box.height / 2));
    ruler.dispatchEvent(event("pointerup", x, box.top + box.height / 2));
    for (;;) {
      const wanted = probe.seeks[asked];
      const frame = wanted && probe.frames.slice(drawn).find(
        ([at, ms]) => ms >= wanted[1] && Math.abs(at - wanted[0]) < tolerance);
      if (frame) return frame[1] - start;
      if (performance.now() - start > patience) return null;
      await new Promise((done) => setTimeout(done, 1));
    }
  };
  /**
   * Drags an element along, a move per picture, and returns how long scripts ran for each: the move
   * itself, and all that the page does of it before the next picture.
   */
  probe.drag = async (element, moves, way) => {
    const box = element.getBoundingClientRect();
    // What takes the pointer for the time of a drag.
    const taker = element.closest(".timeline-rows");
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    element.dispatchEvent(event("pointerdown", x, y));
    const costs = [];
    for (let move = 1; move <= moves; move += 1) {
      await new Promise((done) => {
        const at = x + Math.sin((move / moves) * Math.PI * 2) * way;
        let start = 0;
        requestAnimationFrame(() => (start = performance.now()));
        const before = performance.now();
        taker.dispatchEvent(event("pointermove", at, y));
        const moved = performance.now() - before;
        // Asked for after the page has asked, so called after what the page does, promises too.
        requestAnimationFrame(() => {
          costs.push(moved + performance.now() - start);
          setTimeout(done, 0);
        });
      });
    }
    taker.dispatchEvent(event("pointercancel", x, y));
    return costs;
  };
  /** Begins to note how long the page's thread does not come back to what waits. */
  probe.watch = () => {
    const watch = (probe.watching = { script: 0, longest: 0, over: 0, on: true });
    let last = performance.now();
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      const now = performance.now();
      const gap = now - last;
      last = now;
      watch.longest = Math.max(watch.longest, gap);
      if (gap > 50) watch.over += 1;
      if (watch.on) setTimeout(() => channel.port2.postMessage(0), 0);
    };
    channel.port2.postMessage(0);
  };
  /** Ends it; returns the longest script and the longest time in ms, and how often that was over 50 ms. */
  probe.watched = () => {
    probe.watching.on = false;
    const { script, longest, over } = probe.watching;
    return [script, longest, over];
  };
}
