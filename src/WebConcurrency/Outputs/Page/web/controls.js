// Mouse, touch and keys on the main board.

const notFurther = 4;

/** @param act { hover(segment, x, y), open(record), pan(ms), zoom(factor, at), scroll(lanes), pause(), follow(), close(), next(step), openChosen() } */
export function control(board, act) {
  const { canvas } = board;
  const fingers = new Map();
  let pressed = null;

  const place = event => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const perPixel = () => board.source.view.span / (canvas.clientWidth - board.gutter);

  canvas.addEventListener('pointerdown', event => {
    fingers.set(event.pointerId, place(event));
    pressed = { ...place(event), moved: false };
    canvas.setPointerCapture(event.pointerId);
  });

  canvas.addEventListener('pointermove', event => {
    const at = place(event);
    const before = fingers.get(event.pointerId);
    if (!before) {
      act.hover(board.at(at.x, at.y), at.x, at.y);
      return;
    }
    if (Math.hypot(at.x - pressed.x, at.y - pressed.y) > notFurther) pressed.moved = true;
    if (!pressed.moved) return;
    if (fingers.size === 2) {
      const [one, other] = [...fingers.values()];
      const distance = Math.abs(one.x - other.x) || 1;
      fingers.set(event.pointerId, at);
      const [a, b] = [...fingers.values()];
      act.zoom(distance / (Math.abs(a.x - b.x) || 1), board.timeAt((a.x + b.x) / 2));
      return;
    }
    act.hover(null);
    act.pan((before.x - at.x) * perPixel());
    fingers.set(event.pointerId, at);
  });

  canvas.addEventListener('pointerup', event => {
    fingers.delete(event.pointerId);
    const at = place(event);
    if (pressed && !pressed.moved) {
      const segment = board.at(at.x, at.y);
      if (segment) act.open(segment.record);
    }
  });
  canvas.addEventListener('pointercancel', event => fingers.delete(event.pointerId));
  canvas.addEventListener('pointerleave', () => act.hover(null));

  canvas.addEventListener('wheel', event => {
    if (event.ctrlKey || event.metaKey) act.zoom(1.0015 ** event.deltaY, board.timeAt(place(event).x));
    else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) act.pan((event.deltaX || event.deltaY) * perPixel());
    else return;
    event.preventDefault();
  }, { passive: false });

  const keys = {
    ' ': act.pause,
    ArrowLeft: () => act.pan(-0.1 * board.source.view.span),
    ArrowRight: () => act.pan(0.1 * board.source.view.span),
    ArrowUp: () => act.scroll(-1),
    ArrowDown: () => act.scroll(1),
    '+': () => act.zoom(0.7),
    '=': () => act.zoom(0.7),
    '-': () => act.zoom(1 / 0.7),
    n: () => act.next(1),
    p: () => act.next(-1),
    Enter: act.openChosen,
    Escape: act.close,
    Home: act.follow,
    End: act.follow,
    f: act.fit,
  };
  canvas.addEventListener('keydown', event => {
    const done = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (done && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      done();
    }
  });
}
