import { html, useEffect, useRef, useState } from "../../vendor/preact.js";
import { Button } from "../../components/button.js";
import { endpointOf } from "../../components/endpoint/endpoint.js";
import { resend } from "../../components/endpoint/resend.js";
import { toast } from "../../components/toast.js";

const ASK_EVERY_MS = 1_000;
const SOON_MS = 20_000; // The API leaves an attempt alone that is due within 15 s.
const ASK_TIMES = 60; // Behind a slow endpoint an attempt may wait longer; then the page says where to look.

const isSoon = (at) => at !== null && Date.parse(at) - Date.now() < SOON_MS;

/** Sends it again. What has no endpoint to go to, and a test, has no button. */
export function Resend({ webhook, delivery, isAwaited, onSent }) {
  const endpoint = endpointOf(webhook);
  const { nextAttemptAt, test } = delivery.attempts[0];
  if (!endpoint || test || !delivery.request) return null;
  const send = async () => {
    try {
      await resend(webhook, delivery.deliveryId);
    } catch (problem) {
      if (problem.code !== "on_its_way" || !isSoon(nextAttemptAt)) throw problem;
      toast("It is due in a moment anyway.");
    }
    onSent();
  };
  const isDisabled = endpoint.status === "disabled";
  return html`<${Button} kind="primary" busy=${isAwaited} disabled=${isDisabled} title=${isDisabled ? "The endpoint is disabled: enable it first" : null} onPress=${send}>
    ${isAwaited ? "Waiting for the attempt…" : nextAttemptAt ? "Send now" : "Send again"}
  </${Button}>`;
}

/** `[isAwaited, awaitOne]`: after `awaitOne()` the delivery is loaded again until it has an attempt more. */
export function useNewAttempt({ data, loadedAt, problem, reload }) {
  const [known, setKnown] = useState(null);
  const asked = useRef(0);
  const newest = data?.attempts[0];
  const isAwaited = known !== null && !problem;
  useEffect(() => {
    if (!isAwaited) return undefined;
    if (newest.id !== known) {
      setKnown(null);
      toast(newest.outcome === "succeeded" ? `Sent again: the endpoint answered ${newest.statusCode}.` : "Sent again. It failed; see why.", newest.outcome === "succeeded" ? "good" : "bad");
      return undefined;
    }
    if (asked.current >= ASK_TIMES) {
      setKnown(null);
      toast("It will be sent, but is not yet. Other deliveries to this endpoint are before it; load again later.");
      return undefined;
    }
    const ask = () => {
      if (document.hidden) return;
      asked.current += 1;
      reload();
    };
    const timer = setTimeout(ask, ASK_EVERY_MS);
    document.addEventListener("visibilitychange", ask);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", ask);
    };
  }, [isAwaited, loadedAt, newest?.id]);
  const awaitOne = () => {
    asked.current = 0;
    setKnown(newest.id);
  };
  return [isAwaited, awaitOne];
}
