import { useEffect } from "../vendor/preact.js";

/** Loads what `useLoad` has loaded anew after so many milliseconds, for as long as `waits`; only while somebody looks at the tab. */
export function useAgain({ loadedAt, reload }, waits, everyMs) {
  useEffect(() => {
    if (!waits) return undefined;
    const ask = () => document.hidden || reload();
    const timer = setTimeout(ask, everyMs);
    document.addEventListener("visibilitychange", ask);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", ask);
    };
  }, [waits, loadedAt, reload]);
}
