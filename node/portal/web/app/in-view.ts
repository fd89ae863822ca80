import { useLayoutEffect, useRef, useState, type RefObject } from "react";

/** What of a scrolled drawing is in view, with as much again on each side; in its own units. */
export interface Area {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** It is looked at again after this much of a move. */
const STEP = 200;
const NOTHING: Area = { left: 0, top: 0, right: 0, bottom: 0 };

/** Belongs to the element that scrolls; a drawing of another width is looked at in its middle. */
export function useInView<E extends HTMLElement>(
  width: number,
): { readonly ref: RefObject<E | null>; readonly area: Area } {
  const ref = useRef<E>(null);
  const [area, setArea] = useState(NOTHING);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const look = () => {
      const { scrollLeft, scrollTop, clientWidth, clientHeight } = element;
      const down = (value: number) => Math.floor(value / STEP) * STEP;
      const next = {
        left: down(scrollLeft - clientWidth),
        top: down(scrollTop - clientHeight),
        right: down(scrollLeft + 2 * clientWidth + STEP),
        bottom: down(scrollTop + 2 * clientHeight + STEP),
      };
      setArea((before) => (isSame(before, next) ? before : next));
    };
    const sizes = new ResizeObserver(look);
    element.scrollLeft = (width - element.clientWidth) / 2;
    look();
    sizes.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [width]);
  return { ref, area };
}

const isSame = (a: Area, b: Area): boolean =>
  a.left === b.left && a.top === b.top && a.right === b.right && a.bottom === b.bottom;

/** Whether two areas have anything in common. */
export const overlap = (a: Area, b: Area): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
