// What edits elements, for all views: see editors/.

import { Editor, MethodForm } from "./editors/editor.js"

/**
 * The editor of a State by its meta, as an element: `element.update(entry)` shows another value. `onSet(value)` returns a
 * promise; it may resolve with a text about what came of it.
 */
export function editorFor(entry, options) {
    const editor = new Editor(entry, options)
    return Object.assign(editor.element, { editor, update: next => editor.update(next), end: () => editor.end() })
}

/** The form of a Method by its schema. `onCall(args)` returns a promise. */
export function methodForm(entry, options) { return new MethodForm(entry, options).element }
