;;; proofd-document.el --- A buffer's text in the service  -*- lexical-binding: t -*-

;; SPDX-License-Identifier: LGPL-2.1-or-later

;; This file is part of proofd, an English checker for the Linux desktop.

;;; Commentary:

;; Each checked buffer has a document in the service (org.proofd.Document1), so that a key costs
;; one small Edit.  All calls are asynchronous.  What the service has is kept in a hidden buffer,
;; the shadow: it has as many characters as the buffer, less what was typed since the last Edit,
;; and a comparison of both gives the next one.
;;
;; The shadow begins with line ends alone and is filled part by part, what windows show first, as
;; faces say what is prose and fontifying a long buffer takes its time.  Parts that are still to
;; be filled, or to be looked at again, have the text property `proofd-todo'.
;;
;; The document's findings are overlays without a face, so that they move with the text.

;;; Code:

(require 'cl-lib)
(require 'dbus)
(require 'proofd-mask)

(defcustom proofd-language nil
  "The language to check in, as \"en_GB\"; it may differ between buffers.
If nil, that of `ispell-local-dictionary' or `ispell-dictionary'
if its name has the form of a language's, and else the service's
default."
  :type '(choice (const :tag "As Ispell, or the default" nil) string)
  :safe #'string-or-null-p
  :set #'proofd--customize :initialize #'custom-initialize-default
  :group 'proofd)

(defcustom proofd-level "default"
  "How much is reported: fewer false alarms, or fewer errors missed."
  :type '(choice (const "careful") (const "default") (const "thorough"))
  :safe #'stringp
  :set #'proofd--customize :initialize #'custom-initialize-default
  :group 'proofd)

(defcustom proofd-variant "any"
  "The spelling of English that is right: British, American or either.
Words of the other one are reported."
  :type '(choice (const :tag "Either" "any") (const :tag "American" "us")
                 (const :tag "British" "gb"))
  :safe #'stringp
  :set #'proofd--customize :initialize #'custom-initialize-default
  :group 'proofd)

(defcustom proofd-disabled-rules nil
  "Rules or kinds that are off, such as \"spelling/unknown\" or \"punctuation\"."
  :type '(repeat string)
  :safe #'listp
  :set #'proofd--customize :initialize #'custom-initialize-default
  :group 'proofd)

(defcustom proofd-delay 0.2
  "Seconds without a change before the service is told of what was typed."
  :type 'number
  :group 'proofd)

(defcustom proofd-maximum-size 2000000
  "Characters of the longest buffer that `proofd-mode' checks."
  :type 'integer
  :group 'proofd)

(defvar-local proofd-words nil
  "Words to accept in this buffer; meant to be a file's local variable.")
(put 'proofd-words 'safe-local-variable
     (lambda (value) (and (listp value) (cl-every #'stringp value))))

(defconst proofd--service "org.proofd.Checker1")
(defconst proofd--path "/org/proofd/Checker1")
(defconst proofd--document-interface "org.proofd.Document1")
(defconst proofd--error-prefix "org.proofd.Checker1.Error.")
(defconst proofd--at-once 8000
  "Characters of a buffer that are sent as a whole.")
(defconst proofd--part 3000
  "Characters of a longer buffer that are looked at in one go.")
(defconst proofd--longest-wait 1.0
  "Seconds of typing after which the service is told in any case.")

(defvar proofd-findings-changed-functions nil
  "Functions that are called where findings came or went.
They get the start and the end of the range.")

;;; Calls

(defvar proofd--calls (make-hash-table)
  "For the serial number of each call that waits, what to do with an error.")

(defvar proofd--connected nil
  "The unique name on the bus for which signals are registered.")

(defun proofd--error-name (name)
  "The error NAME without the service's prefix, or nil if it has another."
  (and (string-prefix-p proofd--error-prefix name)
       (substring name (length proofd--error-prefix))))

(defun proofd--call (path interface method on-reply on-error &rest args)
  "Call METHOD of INTERFACE at PATH with ARGS, and come back at once.
ON-REPLY is called with the values of the reply, ON-ERROR with an
error's name and message."
  (condition-case err
      (let* ((key nil)
             (handler (lambda (&rest reply)
                        (remhash (nth 2 key) proofd--calls)
                        (with-demoted-errors "proofd: %S"
                          (apply on-reply reply)))))
        (setq key (apply #'dbus-call-method-asynchronously
                         :session proofd--service path interface method handler args))
        (puthash (nth 2 key) on-error proofd--calls))
    (dbus-error
     (run-at-time 0 nil on-error "org.freedesktop.DBus.Error.Disconnected"
                  (error-message-string err)))))

(defun proofd--on-error (event err)
  "Hand ERR, the answer to a call in EVENT, to whom it concerns."
  (when (eq (nth 1 event) :session)
    (let ((on-error (gethash (nth 3 event) proofd--calls)))
      (when on-error
        (remhash (nth 3 event) proofd--calls)
        (with-demoted-errors "proofd: %S"
          (funcall on-error (format "%s" (nth 1 err)) (format "%s" (or (nth 2 err) ""))))))))

(defun proofd--connect ()
  "Listen to the service's signals; signal an error if there is no session bus."
  (unless (featurep 'dbusbind)
    (error "This Emacs is built without D-Bus"))
  (let ((name (condition-case nil
                  (dbus-get-unique-name :session)
                (dbus-error (dbus-init-bus :session)
                            (dbus-get-unique-name :session)))))
    (unless (equal name proofd--connected)
      (add-hook 'dbus-event-error-functions #'proofd--on-error)
      (dbus-register-signal :session nil nil proofd--document-interface "Changed"
                            #'proofd--on-changed)
      (dbus-register-signal :session dbus-service-dbus dbus-path-dbus dbus-interface-dbus
                            "NameOwnerChanged" #'proofd--on-owner :arg0 proofd--service)
      (setq proofd--connected name))))

(defun proofd--wait (done)
  "Read events until the function DONE is true; \\[keyboard-quit] gives up."
  (let (keys)
    (unwind-protect
        (while (not (funcall done))
          (let ((event (let ((executing-kbd-macro nil)) ; or it would eat the macro
                         (read-event nil nil 0.05))))
            (cond ((eql event ?\C-g) (signal 'quit nil))
                  ((and event (not (eql event -1))) ; that is the end of a batch's input
                   (push event keys)))))
      (setq unread-command-events (append unread-command-events (nreverse keys))))))

(defun proofd--call-and-wait (method &rest args)
  "Call the service's METHOD with ARGS and return the list of values of its reply.
Keys that are pressed meanwhile are kept, \\[keyboard-quit] gives up."
  (proofd--connect)
  (let ((answer nil))
    (apply #'proofd--call proofd--path proofd--service method
           (lambda (&rest reply) (setq answer (list 'reply reply)))
           (lambda (name message) (setq answer (list 'error name message)))
           args)
    (proofd--wait (lambda () answer))
    (pcase answer
      (`(reply ,reply) reply)
      (`(error ,name ,message) (user-error "proofd: %s" (proofd--explain-error name message))))))

(defun proofd--explain-error (name message)
  "What to tell a user of the D-Bus error NAME with MESSAGE."
  (pcase name
    ((or "org.freedesktop.DBus.Error.ServiceUnknown" "org.freedesktop.DBus.Error.NameHasNoOwner")
     "the service is not installed (nothing on the session bus offers org.proofd.Checker1)")
    ((or "org.freedesktop.DBus.Error.NoReply" "org.freedesktop.DBus.Error.Disconnected")
     (format "the service cannot be reached: %s" message))
    (_ message)))

;;; Documents

(cl-defstruct (proofd--document (:constructor proofd--document-new) (:copier nil))
  "A buffer's text in the service."
  buffer
  shadow               ; hidden buffer: the text as the service has it
  state                ; `opening', `open', `waiting' (for the service), `failed', `closed'
  (generation 0)       ; answers to an older one are not for this document
  owner path           ; in the service, while it is open
  format
  (serial 0)           ; of the last Edit
  pending              ; of the Edit whose reply is awaited, or nil
  log                  ; (SERIAL START REMOVED ADDED) of Edits, newest first
  prefix suffix        ; characters at both ends that are as in the shadow; nil: all is
  whole                ; is what is between them to be sent whole?
  since                ; when the first change came that was not sent
  tick                 ; `buffer-chars-modified-tick' that is known of
  timer
  ignored              ; fingerprints
  words                ; ignored in this buffer
  message)             ; why it failed

(defvar-local proofd--document nil
  "The document of the current buffer.")

(defvar proofd--documents nil
  "All documents.")

(defvar proofd--trouble nil
  "Why no document can be opened now, if a user was told so.")

(defvar proofd--losses nil
  "When the service went away, for the last times.")

(defun proofd--current ()
  "The document of the current buffer, or nil."
  (and proofd--document
       (eq (proofd--document-buffer proofd--document) (current-buffer))
       proofd--document))

(defmacro proofd--in-buffer (document &rest body)
  "Run BODY in the whole buffer of DOCUMENT, if it lives."
  (declare (indent 1) (debug t))
  `(when (buffer-live-p (proofd--document-buffer ,document))
     (with-current-buffer (proofd--document-buffer ,document)
       (save-excursion
         (save-restriction
           (widen)
           ,@body)))))

(defun proofd--openp (document)
  "Is DOCUMENT open in the service?"
  (eq (proofd--document-state document) 'open))

(defun proofd--fail (document message)
  "DOCUMENT cannot be checked: tell MESSAGE."
  (setf (proofd--document-state document) 'failed
        (proofd--document-message document) message)
  (message "proofd: %s is not checked: %s" (proofd--document-buffer document) message)
  (force-mode-line-update t))

;;; Options

(defconst proofd--ispell-languages
  '(("american" . "en_US") ("british" . "en_GB") ("canadian" . "en_CA") ("english" . "en")
    ("deutsch" . "de_DE") ("german" . "de_DE") ("francais" . "fr") ("espanol" . "es")
    ("italiano" . "it") ("nederlands" . "nl") ("portugues" . "pt_PT") ("polish" . "pl")
    ("russian" . "ru") ("svenska" . "sv") ("dansk" . "da") ("norsk" . "nb"))
  "Languages of dictionaries whose names are not a language's.")

(defvar ispell-local-dictionary)
(defvar ispell-dictionary)

(defun proofd--language ()
  "The language of the current buffer; an empty string is the default."
  (let ((ispell (or (bound-and-true-p ispell-local-dictionary)
                    (bound-and-true-p ispell-dictionary))))
    (cond (proofd-language)
          ((null ispell) "")
          ((cdr (assoc ispell proofd--ispell-languages)))
          ((string-match "\\`[a-z]\\{2,3\\}\\(?:[-_][A-Z]\\{2\\}\\)?\\(?:\\'\\|[-_]\\)" ispell)
           (string-trim-right (match-string 0 ispell) "[-_]+"))
          (t ""))))

(defun proofd--local-words ()
  "Words to accept in the current buffer."
  (let ((words (append proofd-words
                       (and (proofd--current) (proofd--document-words proofd--document)))))
    (save-excursion
      (save-restriction
        (widen)
        (goto-char (point-min))
        (while (search-forward "LocalWords: " nil t)
          (setq words (append (split-string (buffer-substring-no-properties
                                             (point) (line-end-position)))
                              words)))))
    (cl-remove-if-not (lambda (word)
                        (and (string-match-p "\\`[^[:space:]]+\\'" word)
                             (<= (string-bytes word) 200)))
                      (delete-dups words))))

(defun proofd--options (format)
  "The options for the current buffer, with FORMAT unless it is nil, for D-Bus."
  (let ((words (proofd--local-words))
        (entry (lambda (name &rest value)
                 `(:dict-entry :string ,name (:variant ,@value))))
        (strings (lambda (list)
                   `((:array ,@(apply #'append (mapcar (lambda (s) (list :string s)) list)))))))
    (append (list :array
                  (funcall entry "level" :string proofd-level)
                  (funcall entry "variant" :string proofd-variant))
            (and format (list (funcall entry "format" :string format)))
            (and proofd-disabled-rules
                 (list (apply entry "disable" (funcall strings proofd-disabled-rules))))
            (and words (list (apply entry "words" (funcall strings words)))))))

;;; Open and close

(defun proofd--fill-shadow (document)
  "Put the text that DOCUMENT begins with into its shadow, and return it."
  (proofd--in-buffer document
    (let* ((format (proofd--document-format document))
           (size (buffer-size))
           (text (if (or format (<= size proofd--at-once))
                     (proofd--masked-text (point-min) (point-max) format)
                   (propertize (make-string size ?\n) 'proofd-todo t))))
      (with-current-buffer (proofd--document-shadow document)
        (erase-buffer)
        (insert text))
      (setf (proofd--document-tick document) (buffer-chars-modified-tick))
      (substring-no-properties text))))

(defun proofd--open (document)
  "Open DOCUMENT in the service, with its buffer's text as it is now."
  (proofd--in-buffer document
    (let ((generation (cl-incf (proofd--document-generation document)))
          (format (proofd--format)))
      (setf (proofd--document-state document) 'opening
            (proofd--document-path document) nil
            (proofd--document-format document) format
            (proofd--document-serial document) 0
            (proofd--document-pending document) nil
            (proofd--document-log document) nil
            (proofd--document-prefix document) nil
            (proofd--document-suffix document) nil
            (proofd--document-whole document) nil)
      (condition-case err
          (progn
            (proofd--connect)
            (proofd--call proofd--path proofd--service "Open"
                          (lambda (path) (proofd--on-opened document generation path))
                          (lambda (name message)
                            (proofd--on-open-failed document generation name message))
                          (proofd--language) (proofd--fill-shadow document)
                          (proofd--options format)))
        (error (proofd--no-service (error-message-string err)))))
    (force-mode-line-update)))

(defun proofd--on-opened (document generation path)
  "DOCUMENT of GENERATION was opened at PATH."
  (let ((owner (dbus-event-service-name last-input-event)))
    (if (or (/= generation (proofd--document-generation document))
            (not (buffer-live-p (proofd--document-buffer document))))
        (proofd--call path proofd--document-interface "Close" #'ignore #'ignore)
      (setf (proofd--document-state document) 'open
            (proofd--document-owner document) owner
            (proofd--document-path document) path
            (proofd--document-message document) nil)
      (when proofd--trouble
        (setq proofd--trouble nil)
        (message "proofd: the service is back"))
      (proofd--work document)
      (force-mode-line-update t))))

(defun proofd--on-open-failed (document generation name message)
  "DOCUMENT of GENERATION cannot be opened because of the error NAME with MESSAGE."
  (when (and (= generation (proofd--document-generation document))
             (buffer-live-p (proofd--document-buffer document)))
    (let ((format (proofd--document-format document)))
      (pcase (proofd--error-name name)
        ('nil (proofd--no-service (proofd--explain-error name message)))
        ((and "InvalidOption" (guard (and format (string-match-p "format" message))))
         (cl-pushnew format proofd--refused-formats :test #'equal)
         (proofd--open document))
        ((or "Busy" "Cancelled")
         (setf (proofd--document-state document) 'waiting)
         (run-at-time 5 nil #'proofd--reopen-if-waiting document))
        (_ (proofd--fail document message))))))

(defun proofd--forget (document)
  "Close DOCUMENT in the service, if it is open."
  (when (proofd--document-path document)
    (proofd--call (proofd--document-path document) proofd--document-interface "Close"
                  #'ignore #'ignore)
    (setf (proofd--document-path document) nil)))

(defun proofd--reopen-if-waiting (document)
  "Open DOCUMENT if it waits for the service."
  (when (and (memq document proofd--documents)
             (eq (proofd--document-state document) 'waiting))
    (proofd--open document)))

(defun proofd--start ()
  "Begin to check the current buffer."
  (let ((document (proofd--document-new
                   :buffer (current-buffer)
                   :shadow (generate-new-buffer (format " *proofd %s*" (buffer-name))))))
    (with-current-buffer (proofd--document-shadow document)
      (setq default-directory "/" buffer-undo-list t))
    (setq proofd--document document)
    (push document proofd--documents)
    (if proofd--trouble
        (setf (proofd--document-state document) 'waiting)
      (proofd--open document))))

(defun proofd--stop ()
  "Check the current buffer no more."
  (let ((document (proofd--current)))
    (when document
      (proofd--forget document)
      (cl-incf (proofd--document-generation document))
      (setf (proofd--document-state document) 'closed)
      (when (proofd--document-timer document)
        (cancel-timer (proofd--document-timer document)))
      (setq proofd--documents (delq document proofd--documents))
      ;; later: who walks through all buffers would meet one that is gone
      (run-at-time 0 nil #'kill-buffer (proofd--document-shadow document))
      (save-restriction
        (widen)
        (remove-overlays (point-min) (point-max) 'category 'proofd-finding))
      (setq proofd--document nil))))

(defun proofd-restart ()
  "Check all buffers anew, with the options as they are now."
  (interactive)
  (setq proofd--trouble nil proofd--losses nil proofd--refused-formats nil)
  (dolist (document proofd--documents)
    (proofd--forget document)
    (proofd--open document)))

;;; The service comes and goes

(defun proofd--no-service (message)
  "No document can be opened; tell MESSAGE once."
  (dolist (document proofd--documents)
    (setf (proofd--document-state document) 'waiting
          (proofd--document-path document) nil))
  (unless proofd--trouble
    (setq proofd--trouble message)
    (message "proofd: nothing is checked: %s; M-x proofd-restart tries again" message))
  (force-mode-line-update t))

(defun proofd--on-owner (_name _old new)
  "The service has the bus name NEW now, or is gone if that is empty."
  (cond
   ((string-empty-p new)
    (let ((open (cl-remove-if-not #'proofd--document-path proofd--documents)))
      (dolist (document open)
        (setf (proofd--document-state document) 'waiting
              (proofd--document-path document) nil))
      (when open
        (proofd--on-loss))))
   (proofd--trouble
    (setq proofd--trouble nil proofd--losses nil)
    (mapc #'proofd--reopen-if-waiting proofd--documents))))

(defun proofd--on-loss ()
  "Open the documents again, unless the service ends again and again."
  (push (float-time) proofd--losses)
  (let ((recent (cl-count-if (lambda (time) (< (- (float-time) time) 60)) proofd--losses)))
    (if (> recent 3)
        (proofd--no-service "the service ended several times within a minute")
      (run-at-time (* 0.3 recent recent) nil
                   (lambda () (mapc #'proofd--reopen-if-waiting proofd--documents))))))

;;; What changes

(defun proofd--schedule (document delay)
  "Look after DOCUMENT in DELAY seconds."
  (when (proofd--document-timer document)
    (cancel-timer (proofd--document-timer document)))
  (setf (proofd--document-timer document)
        (run-at-time delay nil #'proofd--work document)))

(defun proofd--note-change (document prefix suffix)
  "Note that DOCUMENT's text is new, but for PREFIX characters and the last SUFFIX."
  (setf (proofd--document-prefix document)
        (min prefix (or (proofd--document-prefix document) prefix))
        (proofd--document-suffix document)
        (min suffix (or (proofd--document-suffix document) suffix)))
  (unless (proofd--document-since document)
    (setf (proofd--document-since document) (float-time))))

(defun proofd--missed-change-p (document)
  "Did the text of DOCUMENT's buffer, the current one, change without notice?"
  (/= (buffer-chars-modified-tick) (proofd--document-tick document)))

(defun proofd--before-change (start end)
  "Find out whether the text was edited elsewhere, as in an indirect buffer.
Text from START to END with a finding in it is sent again when it is
gone, even if it is back by then, as after `undo': the finding is not."
  (let ((document (proofd--current)))
    (when (and document (proofd--document-tick document))
      (when (proofd--missed-change-p document)
        (proofd--note-change document 0 0))
      (when (and (< start end) (proofd--findings start end))
        (setf (proofd--document-whole document) t)))))

(defun proofd--after-change (start end _removed)
  "The text from START to END is new."
  (let ((document (proofd--current)))
    (when (and document (proofd--document-tick document))
      (setf (proofd--document-tick document) (buffer-chars-modified-tick))
      (proofd--note-change document (1- start) (- (buffer-size) (1- end)))
      (unless (and (proofd--document-timer document)
                   (> (- (float-time) (proofd--document-since document)) proofd--longest-wait))
        (proofd--schedule document proofd-delay))
      (proofd--tell-siblings))))

(defun proofd--tell-siblings ()
  "Look after the documents of other buffers that share the current one's text."
  (let ((base (or (buffer-base-buffer) (current-buffer))))
    (dolist (other proofd--documents)
      (let ((buffer (proofd--document-buffer other)))
        (when (and (not (eq buffer (current-buffer)))
                   (buffer-live-p buffer)
                   (eq base (or (buffer-base-buffer buffer) buffer)))
          (proofd--schedule other proofd-delay))))))

(defun proofd--on-window-change (&rest _)
  "Look after the buffer's document, for a window has come to it."
  (let ((document (proofd--current)))
    (when (and document (not (proofd--document-timer document)))
      (proofd--schedule document 0.1))))

(defun proofd--on-fontified (start end)
  "Faces from START to END may differ: look at what they say, later."
  (let ((document (proofd--current)))
    (when (and document (proofd--openp document) (not (proofd--document-format document)))
      (let* ((shadow (proofd--document-shadow document))
             (more (- (buffer-size shadow) (buffer-size)))
             (prefix (proofd--document-prefix document))
             (place (lambda (at) (if (and prefix (> at (1+ prefix))) (+ at more) at))))
        (with-current-buffer shadow
          (let ((from (max 1 (min (point-max) (funcall place start))))
                (to (max 1 (min (point-max) (funcall place end)))))
            (when (< from to)
              (put-text-property from to 'proofd-todo t)))))
      (unless (proofd--document-timer document)
        (proofd--schedule document proofd-delay)))))

;;; Edits

(defun proofd--work (document)
  "Look after DOCUMENT: send what is new, or fill in its next part."
  (setf (proofd--document-timer document) nil)
  (when (proofd--openp document)
    (proofd--in-buffer document
      (when (proofd--missed-change-p document)
        (setf (proofd--document-tick document) (buffer-chars-modified-tick))
        (proofd--note-change document 0 0))
      (cond ((input-pending-p) (proofd--schedule document 0.1))
            ((proofd--document-prefix document) (proofd--flush document))
            ((proofd--document-pending document)) ; its reply comes back here
            (t (proofd--fill-next document))))))

(defun proofd--flush (document)
  "Tell the service what changed in DOCUMENT's buffer, the current one."
  (let* ((start (1+ (proofd--document-prefix document)))
         (end (1+ (- (buffer-size) (proofd--document-suffix document))))
         (part (if (proofd--document-format document)
                   (cons start end)
                 (proofd--whole start end)))
         (whole (proofd--document-whole document)))
    (setf (proofd--document-prefix document) nil
          (proofd--document-suffix document) nil
          (proofd--document-whole document) nil
          (proofd--document-since document) nil)
    (unless (proofd--update document (car part) (cdr part) whole)
      (proofd--schedule document 0))))

(defun proofd--fill-next (document)
  "Look at the next part of DOCUMENT's buffer, the current one, if any is left."
  (let* ((shadow (proofd--document-shadow document))
         (next (lambda (start end)
                 (text-property-any (max 1 (min start (point-max))) (max 1 (min end (point-max)))
                                    'proofd-todo t shadow)))
         (start (or (cl-some (lambda (window)
                               (funcall next (window-start window) (window-end window)))
                             (get-buffer-window-list nil nil 'visible))
                    (funcall next 1 (point-max)))))
    (when start
      (let ((part (proofd--whole start (min (point-max) (+ start proofd--part)))))
        (unless (proofd--update document (car part) (cdr part) nil)
          (proofd--schedule document 0.01))))))

(defun proofd--differing (old new)
  "Where the strings OLD and NEW differ: (PREFIX . SUFFIX), or nil if they don't.
Their first PREFIX and last SUFFIX characters are the same, text
properties included, or both are 0."
  (let ((prefix (compare-strings old nil nil new nil nil))
        (suffix 0)
        (n-old (length old))
        (n-new (length new)))
    (if (eq prefix t)
        (and (not (equal-including-properties old new)) '(0 . 0))
      (setq prefix (1- (abs prefix)))
      (while (and (< suffix (- (min n-old n-new) prefix))
                  (eq (aref old (- n-old suffix 1)) (aref new (- n-new suffix 1))))
        (cl-incf suffix))
      (if (and (equal-including-properties (substring old 0 prefix) (substring new 0 prefix))
               (equal-including-properties (substring old (- n-old suffix))
                                           (substring new (- n-new suffix))))
          (cons prefix suffix)
        '(0 . 0)))))

(defun proofd--update (document start end whole)
  "Send what differs from START to END in DOCUMENT's buffer, the current one.
If WHOLE, send all of it.  The buffer and its shadow differ
nowhere else.  Return whether something was sent."
  (let* ((new (proofd--masked-text start end (proofd--document-format document)))
         (shadow (proofd--document-shadow document))
         (behind (- (1+ (buffer-size)) end))
         old differing)
    (with-current-buffer shadow
      (let ((old-end (- (point-max) behind)))
        (remove-text-properties start old-end '(proofd-todo nil))
        (setq old (buffer-substring start old-end)
              differing (if whole '(0 . 0) (proofd--differing old new)))
        (when differing
          (goto-char start)
          (delete-region start old-end)
          (insert new))))
    (when differing
      (pcase-let ((`(,prefix . ,suffix) differing))
        (proofd--send-edit document (+ (1- start) prefix) (- (length old) prefix suffix)
                           (substring-no-properties new prefix (- (length new) suffix)))
        t))))

(defun proofd--send-edit (document start removed inserted)
  "Send an Edit of DOCUMENT: at START, REMOVED characters less, INSERTED instead."
  (let ((serial (cl-incf (proofd--document-serial document)))
        (generation (proofd--document-generation document))
        (added (length inserted)))
    (push (list serial start removed added) (proofd--document-log document))
    (setf (proofd--document-pending document) serial)
    (dolist (overlay (proofd--findings (1+ start) (+ 1 start added)))
      (overlay-put overlay 'proofd-stale t))
    (proofd--call (proofd--document-path document) proofd--document-interface "Edit"
                  (lambda (start length findings)
                    (when (= generation (proofd--document-generation document))
                      (proofd--on-edited document serial start length findings)))
                  (lambda (name message)
                    (when (= generation (proofd--document-generation document))
                      (proofd--on-edit-failed document name message)))
                  :uint64 serial :uint32 start :uint32 removed :string inserted)))

(defun proofd--on-edited (document serial start length findings)
  "The service has checked the Edit with SERIAL of DOCUMENT.
START, LENGTH and FINDINGS are as in its reply."
  (proofd--take document serial start length findings)
  (when (eql serial (proofd--document-pending document))
    (setf (proofd--document-pending document) nil)
    (unless (proofd--document-timer document)
      (proofd--schedule document 0))))

(defun proofd--on-edit-failed (document name message)
  "An Edit of DOCUMENT got the error NAME with MESSAGE."
  (pcase (proofd--error-name name)
    ("Cancelled") ; a newer one covers it
    ((or "Busy" "TooLong" "ModelBroken")
     (proofd--forget document)
     (proofd--fail document message))
    ('nil (unless (eq (proofd--document-state document) 'waiting)
            (setf (proofd--document-state document) 'waiting
                  (proofd--document-path document) nil)
            (proofd--on-loss)))
    (_ (proofd--forget document)
       (setf (proofd--document-state document) 'waiting)
       (proofd--on-loss))))

;;; Findings

(cl-defstruct (proofd--finding (:constructor proofd--finding-new) (:copier nil))
  "What is wrong at a place; CANDIDATES are lists (TEXT SCORE ACTION)."
  kind confidence message rule candidates fingerprint)

(put 'proofd-finding 'evaporate nil)

(defun proofd--findings (start end)
  "The overlays of findings that overlap or touch START to END, in no order."
  (cl-remove-if-not (lambda (overlay) (overlay-get overlay 'proofd-finding))
                    (overlays-in (max (point-min) (1- start)) (min (point-max) (1+ end)))))

(defun proofd--moved (range entry)
  "RANGE (START . END) after the Edit ENTRY, or nil if they overlap or touch."
  (pcase-let ((`(,_ ,at ,removed ,added) entry))
    (cond ((null range) nil)
          ((< (cdr range) at) range)
          ((> (car range) (+ at removed))
           (let ((more (- added removed)))
             (cons (+ (car range) more) (+ (cdr range) more)))))))

(defun proofd--widened (range entry)
  "RANGE (START . END) after the Edit ENTRY, with all that it has inserted there."
  (pcase-let* ((`(,_ ,at ,removed ,added) entry)
               (more (- added removed)))
    (cons (cond ((<= (car range) at) (car range))
                ((>= (car range) (+ at removed)) (+ (car range) more))
                (t at))
          (cond ((< (cdr range) at) (cdr range))
                ((>= (cdr range) (+ at removed)) (+ (cdr range) more))
                (t (+ at added))))))

(defun proofd--unsent (document)
  "What changed since the last Edit of DOCUMENT, as an entry of its log, or nil."
  (let ((prefix (proofd--document-prefix document))
        (suffix (proofd--document-suffix document)))
    (and prefix
         (list nil prefix
               (- (buffer-size (proofd--document-shadow document)) prefix suffix)
               (- (buffer-size (proofd--document-buffer document)) prefix suffix)))))

(defun proofd--masked-p (document range)
  "Does something in RANGE of DOCUMENT belong to what is no prose?"
  (let ((shadow (proofd--document-shadow document)))
    (with-current-buffer shadow
      (let ((start (1+ (car range)))
            (end (min (point-max) (1+ (cdr range)))))
        (and (< start end)
             (text-property-any start end 'proofd-masked t))))))

(defun proofd--take (document serial start length findings)
  "Take over FINDINGS of the range START, LENGTH in DOCUMENT after the Edit SERIAL."
  (let* ((edits (reverse (cl-remove-if (lambda (entry) (<= (car entry) serial))
                                       (proofd--document-log document))))
         (unsent (proofd--unsent document))
         (range (cons start (+ start length)))
         places)
    (setf (proofd--document-log document) (reverse edits))
    (dolist (entry (if unsent (append edits (list unsent)) edits))
      (setq range (proofd--widened range entry)))
    (dolist (finding findings)
      (let ((place (cons (nth 0 finding) (+ (nth 0 finding) (nth 1 finding)))))
        (dolist (entry edits)
          (setq place (proofd--moved place entry)))
        (when (and place (not (proofd--masked-p document place)))
          (let ((now (if unsent (proofd--moved place unsent) place)))
            (if now
                (push (cons now finding) places)
              ;; told again only if its place is sent again
              (setf (proofd--document-whole document) t))))))
    (proofd--in-buffer document
      (proofd--replace-findings document (1+ (car range)) (1+ (cdr range)) places))))

(defun proofd--replace-findings (document start end places)
  "Forget the findings of DOCUMENT from START to END, and take those of PLACES.
These are a list of ((FROM . TO) . FINDING)."
  (let ((from start)
        (to end))
    (dolist (overlay (proofd--findings start end))
      (when (and (<= (overlay-start overlay) end) (>= (overlay-end overlay) start))
        (setq from (min from (overlay-start overlay)) to (max to (overlay-end overlay)))
        (delete-overlay overlay)))
    (pcase-dolist (`((,first . ,last) ,_ ,_ ,kind ,confidence ,message ,rule ,candidates ,print)
                   places)
      (unless (memql print (proofd--document-ignored document))
        (let ((overlay (make-overlay (1+ first) (1+ last))))
          (setq from (min from (1+ first)) to (max to (1+ last)))
          (overlay-put overlay 'category 'proofd-finding)
          (overlay-put overlay 'proofd-finding
                       (proofd--finding-new :kind kind :confidence confidence :message message
                                            :rule rule :candidates candidates
                                            :fingerprint print)))))
    (run-hook-with-args 'proofd-findings-changed-functions from to)))

(defun proofd--on-changed (serial start length findings)
  "A document has other FINDINGS in the range START, LENGTH, after the Edit SERIAL."
  (let* ((path (dbus-event-path-name last-input-event))
         (owner (dbus-event-service-name last-input-event))
         (document (cl-find-if (lambda (each)
                                 (and (equal path (proofd--document-path each))
                                      (equal owner (proofd--document-owner each))))
                               proofd--documents)))
    (when (and document (buffer-live-p (proofd--document-buffer document)))
      (with-demoted-errors "proofd: %S"
        (proofd--take document serial start length findings)))))

(provide 'proofd-document)
;;; proofd-document.el ends here
