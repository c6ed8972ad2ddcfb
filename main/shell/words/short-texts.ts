/** A question with two answers; the first is the safe one. */
export interface QuestionWords {
  readonly message: string;
  readonly detail: string;
  readonly keep: string;
  readonly go: string;
}

/** A notification's two lines. */
export interface NoteWords {
  readonly title: string;
  readonly body: string;
}
