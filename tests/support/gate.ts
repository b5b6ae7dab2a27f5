/** A gate that is open until somebody shuts it; whoever comes to a shut one waits until it is opened again. */
export class Gate {
  private opened: Promise<void> = Promise.resolve()
  open: () => void = () => undefined

  shut(): void {
    this.opened = new Promise((resolve) => {
      this.open = resolve
    })
  }

  passed(): Promise<void> {
    return this.opened
  }
}
