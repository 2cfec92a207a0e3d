import { useLayoutEffect, useRef, useState, type RefObject } from "react";

/** What is known about a scroll container. */
export interface ElementSize {
  /** Inner width in pixels; Infinity before the first measurement, so nothing is hidden on the server. */
  readonly width: number;
  readonly isOverflowing: boolean;
}

/** Follow the inner width of an element and whether its content is wider. */
export function useElementSize<E extends HTMLElement>(): [RefObject<E | null>, ElementSize] {
  const ref = useRef<E>(null);
  const [size, setSize] = useState<ElementSize>({ width: Number.POSITIVE_INFINITY, isOverflowing: false });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = (): void => {
      const next = {
        width: element.clientWidth,
        isOverflowing: element.scrollWidth > element.clientWidth + 1,
      };
      setSize((now) => (now.width === next.width && now.isOverflowing === next.isOverflowing ? now : next));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    if (element.firstElementChild !== null) observer.observe(element.firstElementChild);
    measure();
    return () => observer.disconnect();
  }, []);
  return [ref, size];
}
