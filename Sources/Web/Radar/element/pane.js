import { h } from "../dom.js"
export class ElementPane { constructor(jet, path, {tools=[]}={}) { this.path = path; this.element = h("div", {class:"card"}, h("h2", {}, path), tools) } end() {} }
