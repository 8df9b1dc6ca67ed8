// What the page was given by whoever runs the portal, and by its build.

const meta = (name) => document.querySelector(`meta[name="${name}"]`).content;

/** The operator's name and colour. */
export const NAME = meta("application-name");
export const ACCENT = meta("portal-accent");

/** Where the files of this version lie, relative to the page: another version has another folder. */
export const FILES = meta("portal-files");
