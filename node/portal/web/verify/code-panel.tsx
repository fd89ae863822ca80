import { useEffect, useRef, useState } from "react";
import { isCodedError } from "../../../../sdk/protocol/errors.ts";
import { useLanguage, useTexts } from "../shared/language.tsx";
import { Fact, OutcomeIcon } from "./atoms.tsx";
import type { CodeAnswer } from "./engine.ts";
import { STATE_TEXTS, VERIFY_TEXTS } from "./texts.ts";
import type { Verifier } from "./verifier.ts";

type Answer =
  | CodeAnswer
  | "other-ledger"
  | "unreadable"
  | "camera-refused"
  | { readonly failed: { readonly zh: string; readonly en: string } };

const FRAME_MS = 200;
const LARGEST_SIDE = 1600;

/** A printed code: which record it names and what the chain says of that number. Never that the paper is genuine. */
export function CodePanel({ verifier }: { readonly verifier: Verifier }) {
  const t = useTexts(VERIFY_TEXTS);
  const { engine, trust, endpoints } = verifier;
  const [scanning, setScanning] = useState(false);
  const [answer, setAnswer] = useState<Answer>();
  const video = useRef<HTMLVideoElement>(null);

  const look = async (text: string | undefined) => {
    if (typeof engine === "string") return;
    try {
      const code = engine.parseRecordCode(text ?? "");
      setAnswer(await engine.lookUp(code, { trust: typeof trust === "object" ? trust : undefined, endpoints }));
    } catch (error) {
      if (isCodedError(error) && error.code !== "shape.format")
        setAnswer({ failed: { zh: error.describe("zh"), en: error.describe("en") } });
      else setAnswer("unreadable");
    }
  };
  const looking = useRef(look);
  useEffect(() => {
    looking.current = look;
  });
  useEffect(() => {
    if (!scanning || video.current === null) return;
    return scan(video.current, (found) => {
      setScanning(false);
      if (found === "refused") setAnswer("camera-refused");
      else void looking.current(found);
    });
  }, [scanning]);
  // Ready before it is needed: the node may be gone by then.
  useEffect(() => {
    if (typeof engine !== "string") void import("./qr.ts");
  }, [engine]);

  const upload = async (file: File | undefined) => {
    if (file === undefined) return;
    const { readPicture } = await import("./qr.ts");
    const bitmap = await createImageBitmap(file).catch(() => undefined);
    if (bitmap === undefined) return setAnswer("unreadable");
    const scale = Math.min(1, LARGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const size = { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) };
    await look(readPicture(bitmap, size));
  };
  return (
    <details className="panel">
      <summary>{t("code")}</summary>
      <p className="actions">
        <button type="button" disabled={typeof engine === "string"} onClick={() => setScanning(!scanning)}>
          {t(scanning ? "scanStop" : "scan")}
        </button>
        <label className="button">
          {t("codeImage")}
          <input
            type="file"
            accept="image/*"
            onChange={(event) => {
              void upload(event.target.files?.[0]);
              event.target.value = "";
            }}
          />
        </label>
      </p>
      {scanning && <video ref={video} muted playsInline aria-label={t("scan")} />}
      <div role="status">{answer !== undefined && <AnswerView answer={answer} verifier={verifier} />}</div>
    </details>
  );
}

/** Looks at the camera until a code is found. Returns how to stop. */
function scan(video: HTMLVideoElement, done: (found: string) => void): () => void {
  let stream: MediaStream | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const look = async () => {
    const { readPicture } = await import("./qr.ts");
    if (stopped) return;
    const found = readPicture(video, { width: video.videoWidth, height: video.videoHeight });
    if (found !== undefined && found !== "") return done(found);
    timer = setTimeout(() => void look(), FRAME_MS);
  };
  // Absent on a page that is not served securely.
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  (devices?.getUserMedia({ video: { facingMode: "environment" } }) ?? Promise.reject(new TypeError("no camera")))
    .then(async (opened) => {
      stream = opened;
      if (stopped) return opened.getTracks().forEach((track) => track.stop());
      video.srcObject = opened;
      await video.play();
      await look();
    })
    .catch(() => {
      if (!stopped) done("refused");
    });
  return () => {
    stopped = true;
    clearTimeout(timer);
    stream?.getTracks().forEach((track) => track.stop());
  };
}

function AnswerView({ answer, verifier }: { readonly answer: Answer; readonly verifier: Verifier }) {
  const t = useTexts(VERIFY_TEXTS);
  const state = useTexts(STATE_TEXTS);
  const { language } = useLanguage();
  if (answer === "other-ledger") return <p>{t("codeOther")}</p>;
  if (answer === "unreadable") return <p>{t("codeUnreadable")}</p>;
  if (answer === "camera-refused") return <p>{t("cameraRefused")}</p>;
  if ("failed" in answer) return <p>{t("chainError", { what: answer.failed[language] })}</p>;
  const { engine } = verifier;
  if (typeof engine === "string") return null;
  return (
    <article className="report">
      <header className="verdict undetermined">
        <OutcomeIcon outcome="error" />
        <div>
          <h2>{t("undetermined")}</h2>
          <p>{t("codeVerdict")}</p>
        </div>
      </header>
      <h3>{t("codeTitle")}</h3>
      <dl className="facts">
        {answer.department && (
          <Fact name={t("issuer")}>
            {answer.department.name} <code>{answer.department.id}</code>
          </Fact>
        )}
        <Fact name={t("recordLine")}>{t(answer.anchored ? "codeAnchored" : "codeNotAnchored")}</Fact>
        {answer.state !== undefined && answer.state in STATE_TEXTS && (
          <Fact name={t("codeState")}>{state(answer.state as keyof typeof STATE_TEXTS)}</Fact>
        )}
        <Fact name={t("block")}>
          {t("blockText", { number: answer.block.number, time: engine.formatTime(answer.block.time) })}
        </Fact>
        <Fact name={t("recordId")}>
          <code>{answer.code.record}</code>
        </Fact>
      </dl>
    </article>
  );
}
