/**
 * The types that the widget's modules share; tsc reads them, browsers skip them.
 *
 * @typedef {"online" | "connecting" | "offline"} Connection
 * @typedef {"queued" | "sending" | "sent" | "failed"} Delivery
 *
 * @typedef {object} Choice
 * @property {string} id
 * @property {string} label
 * @property {boolean} [more] drawn less prominently
 *
 * @typedef {object} Article
 * @property {string} title
 * @property {string} url
 * @property {"article" | "search" | "source"} link
 *
 * @typedef {object} Message one stored message, as the gateway sends it
 * @property {number} seq grows by one within the conversation
 * @property {"user" | "assistant" | "system" | "person"} from "person": someone of the team
 * @property {string} [author] their name
 * @property {string} text
 * @property {string} at ISO 8601, UTC
 * @property {string} [id] the client's id, on the user's own messages
 * @property {string} [choice] the id of the choice that this user message took
 * @property {"pending" | "done" | "set_aside"} [state] on the user's own messages
 * @property {number} [reply_to] seq of the user's message that it answers
 * @property {boolean} [late]
 * @property {boolean} [fallback]
 * @property {boolean} [feedback] the thumb that was given
 * @property {Choice[]} [choices]
 * @property {{n: number, m: number, title?: string}} [progress]
 * @property {string[]} [menu] a path through the product's menus
 * @property {boolean} [show] the person asked where that is
 * @property {Article[]} [articles]
 * @property {string} [copy] a text to copy, for the administrator
 * @property {{title: string, outcome: string}[]} [done] the checks done so far
 * @property {number | string} [case]
 *
 * @typedef {object} Outgoing a message of the user's that the gateway has not yet confirmed
 * @property {string} id UUID, made here, kept through reloads: sent again it is stored once
 * @property {string} text what is shown
 * @property {string} [choice]
 * @property {string} at
 * @property {Delivery} delivery
 * @property {string} [problem] why it failed: the server's sentence, "" where it gave none
 *
 * @typedef {object} Held who has the conversation
 * @property {"assistant" | "waiting" | "person" | "closed"} by "waiting": nobody of the team yet
 * @property {string | null} [name] the person's
 * @property {number | null} [case] the newest case
 *
 * @typedef {object} State everything that the view draws
 * @property {Message[]} messages in order of seq
 * @property {Outgoing[]} outgoing in the order of sending, drawn after `messages`
 * @property {boolean} working an answer is being prepared
 * @property {string | null} note what to say when it takes longer
 * @property {Connection} connection
 * @property {Held} held
 * @property {number} unread answers that came while the panel was closed
 * @property {boolean} identified
 * @property {boolean} erased the person's data were erased here; nothing can be sent
 * @property {boolean} ready the stored conversation has been read, or there is none: greet now
 * @property {boolean} restarted an earlier conversation could not be opened any more
 *
 * @typedef {object} AboutMe
 * @property {string} since
 * @property {number} messages
 * @property {number} cases
 * @property {number} feedback
 * @property {number} retention_days
 * @property {boolean} identified
 *
 * @typedef {string | null | (() => string | null | Promise<string | null>)} Identity
 *   the host site's JWT, or a function that gets one; null or "": nobody is logged in
 *
 * @typedef {object} ConversationOptions `new Conversation(options)`
 * @property {string} gateway the gateway's origin, e.g. new URL(import.meta.url).origin
 * @property {string} [page] where in the host's product the person is
 * @property {Identity} [identity] undefined: the host does not say who it is
 *
 * @typedef {"offline" | "busy" | "expired" | "refused"} ProblemKey offline: no answer came;
 *   busy: the server asked for patience; expired: there is no session; refused: anything else
 *
 * What the view may ask of the conversation (core/conversation.js, class Conversation, an
 * EventTarget): it fires "change" when `state` has changed (at most once a frame), "message"
 * (detail: Message) for each new answer (not for what was read at the start), "sent" (detail:
 * Outgoing), "restarted", "erased". Each comes after the "change" that shows it. A message object
 * that has not changed stays the same object. `about`, `exportMe`, `erase` and `feedback` reject
 * with a Problem (core/api.js): `key` is a ProblemKey, `message` the server's sentence or "".
 *
 * @typedef {object} ConversationApi
 * @property {State} state
 * @property {() => Promise<void>} start resume the session and listen; never rejects. Who has
 *   neither a session nor an identity gets one with the first message, so a mere visit stores nothing
 * @property {(text: string) => void} send
 * @property {(choice: Choice) => void} choose
 * @property {(id: string) => void} retry a failed one, or one that waits, now
 * @property {(id: string) => void} discard a failed one, or one that waits
 * @property {(seq: number, helpful: boolean, reason?: string) => Promise<void>} feedback
 * @property {() => Promise<AboutMe>} about
 * @property {() => Promise<Blob>} exportMe
 * @property {() => Promise<void>} erase then `state.erased`
 * @property {() => Promise<void>} begin a new session after erasing
 * @property {(seq: number, article: number) => void} opened an article was, by its place
 * @property {(visible: boolean) => void} seen the panel is open and in view: unread becomes 0
 * @property {(page: string) => void} setPage
 * @property {(identity: Identity) => Promise<void>} identify never rejects
 * @property {() => Promise<void>} logout of this device: local data go, the conversation stays
 * @property {() => void} stop close everything that is open
 *
 * @typedef {object} OmniSupportApi `window.omniSupport`, and the same on the element; docs/widget.md
 * @property {Promise<void>} ready the widget is drawn; rejects where its files do not load
 * @property {() => Promise<void>} open
 * @property {() => Promise<void>} close
 * @property {() => Promise<void>} toggle
 * @property {(text: string) => Promise<void>} send in the person's name; the panel stays as it is
 * @property {(identity: Identity) => Promise<void>} identify
 * @property {(page: string) => Promise<void>} setPage
 * @property {() => Promise<void>} destroy
 * @property {(event: HostEvent, listener: (detail: any) => void) => void} on
 * @property {(event: HostEvent, listener: (detail: any) => void) => void} off
 * @typedef {"open" | "close" | "message" | "sent" | "erased"} HostEvent "message" has a Message,
 *   "sent" an Outgoing as its detail
 */

export {};
