;;; proofd-tests.el --- Tests of plugin/emacs with a real service  -*- lexical-binding: t -*-

;; SPDX-License-Identifier: LGPL-2.1-or-later

;;; Commentary:

;; Each test is run in an Emacs and on a bus of its own by tests/plugin/test_emacs.py, in batch.
;; Environment: PROOF: the command; PROOFD_SERVICE_FILE: what makes the service activatable;
;; PROOFD_PID_FILE: has the service's process id.

;;; Code:

(require 'ert)
(require 'json)
(require 'org)
(require 'proofd)

(defconst proofd-tests--patience 120
  "Seconds to wait for what must come.")

(defconst proofd-tests--text "I recieve it. She go to school every days.\n")

(defvar proofd-tests--messages nil
  "What was told to the user, newest first.")

(defun proofd-tests--note-message (format &rest args)
  "Remember the message of FORMAT and ARGS."
  (when format
    (push (apply #'format-message format args) proofd-tests--messages)))
(advice-add 'message :before #'proofd-tests--note-message)

(defun proofd-tests--told (regexp)
  "How many messages match REGEXP."
  (cl-count-if (lambda (text) (string-match-p regexp text)) proofd-tests--messages))

(defun proofd-tests--await (what done)
  "Handle events until the function DONE is true; WHAT says what it waits for."
  (let ((limit (+ (float-time) proofd-tests--patience))
        value)
    (while (and (not (setq value (funcall done))) (< (float-time) limit))
      (read-event nil nil 0.02))
    (or value (ert-fail (format "in vain waited for: %s; messages: %S" what
                                proofd-tests--messages)))))

(defun proofd-tests--sorted (start end)
  "Overlays of findings from START to END, in order."
  (sort (proofd--findings start end)
        (lambda (a b) (< (overlay-start a) (overlay-start b)))))

(defun proofd-tests--found ()
  "The words of all findings of the buffer, in order."
  (save-restriction
    (widen)
    (mapcar #'proofd--word (proofd-tests--sorted (point-min) (point-max)))))

(defun proofd-tests--places ()
  "Start, length and rule of all findings of the buffer, in order."
  (save-restriction
    (widen)
    (mapcar (lambda (overlay)
              (list (1- (overlay-start overlay))
                    (- (overlay-end overlay) (overlay-start overlay))
                    (proofd--finding-rule (overlay-get overlay 'proofd-finding))))
            (proofd-tests--sorted (point-min) (point-max)))))

(defun proofd-tests--service-places ()
  "What `proofd-tests--places' should be, asked from the service when all is checked."
  (let ((document (proofd--current))
        answer)
    (proofd--call (proofd--document-path document) proofd--document-interface "Findings"
                  (lambda (_serial findings) (setq answer (list findings)))
                  (lambda (name message) (setq answer (list name message))))
    (proofd-tests--await "Findings" (lambda () answer))
    (should (listp (car answer)))
    (delq nil (mapcar (lambda (finding)
                        (pcase-let ((`(,start ,length ,_ ,_ ,_ ,rule ,_ ,print) finding))
                          (unless (or (memql print (proofd--document-ignored document))
                                      (proofd--masked-p document (cons start (+ start length))))
                            (list start length rule))))
                      (car answer)))))

(defun proofd-tests--idle-p ()
  "Has the service all of the buffer's text?"
  (let ((document (proofd--current)))
    (and (proofd--openp document)
         (not (proofd--document-prefix document))
         (not (proofd--document-pending document))
         (not (proofd--document-timer document))
         (not (with-current-buffer (proofd--document-shadow document)
                (text-property-any 1 (point-max) 'proofd-todo t))))))

(defun proofd-tests--settle ()
  "Wait until all is checked, and return `proofd-tests--found'."
  (proofd-tests--await "text sent" #'proofd-tests--idle-p)
  (let ((want (proofd-tests--service-places)))
    (proofd-tests--await "all findings" (lambda () (equal want (proofd-tests--places)))))
  (proofd-tests--found))

(defun proofd-tests--font-lock ()
  "Turn Font Lock on, which batch mode leaves out."
  (let ((noninteractive nil))
    (font-lock-mode 1)))

(defmacro proofd-tests--with (mode text &rest body)
  "Run BODY in a shown buffer with TEXT in major MODE that is checked."
  (declare (indent 2) (debug t))
  `(let ((buffer (generate-new-buffer "tested")))
     (switch-to-buffer buffer)
     (unwind-protect
         (progn
           (insert ,text)
           (goto-char (point-min))
           (buffer-enable-undo)
           (funcall ,mode)
           (proofd-tests--font-lock)
           (set-buffer-modified-p nil)
           (proofd-mode 1)
           (flymake-start)
           ,@body)
       (when (buffer-live-p buffer)
         (with-current-buffer buffer
           (set-buffer-modified-p nil))
         (kill-buffer buffer)))))

(defun proofd-tests--shown ()
  "What Flymake shows, as a list of (TEXT TYPE), in order."
  (save-restriction
    (widen)
    (mapcar (lambda (diagnostic)
              (let ((overlay (flymake--diag-overlay diagnostic)))
                (list (buffer-substring-no-properties (overlay-start overlay)
                                                      (overlay-end overlay))
                      (flymake-diagnostic-type diagnostic))))
            (sort (cl-remove-if-not (lambda (each) (overlay-buffer (flymake--diag-overlay each)))
                                    (flymake-diagnostics))
                  (lambda (a b) (< (overlay-start (flymake--diag-overlay a))
                                   (overlay-start (flymake--diag-overlay b))))))))

(defun proofd-tests--at (word)
  "Go to WORD and return the overlay of its finding."
  (goto-char (point-min))
  (search-forward word)
  (goto-char (match-beginning 0))
  (proofd--finding-at (point)))

(defun proofd-tests--keys (keys)
  "Press KEYS, as `kbd' has them, in the selected window."
  (execute-kbd-macro (kbd keys)))

(defun proofd-tests--choose (overlay label)
  "Do what LABEL says with the finding of OVERLAY."
  (funcall (nth 2 (or (cl-find-if (lambda (choice) (string-match-p label (nth 1 choice)))
                                  (proofd--choices overlay))
                      (ert-fail (format "no choice %s" label))))))

(defun proofd-tests--statistic (name)
  "The number NAME of the service's Statistics."
  (let ((all (dbus-get-property :session proofd--service proofd--path proofd--service
                                "Statistics")))
    (car (cadr (assoc name all)))))

(defun proofd-tests--kill-service ()
  "Kill the service as a crash would, and wait until it is gone."
  (let ((pid (with-temp-buffer
               (insert-file-contents (getenv "PROOFD_PID_FILE"))
               (string-to-number (buffer-string)))))
    (signal-process pid 'KILL)))

(defun proofd-tests--proof (text &rest args)
  "Start, length and rule of what the command finds in TEXT, with more ARGS."
  (let ((file (make-temp-file "proofd-tests" nil ".txt")))
    (unwind-protect
        (progn
          (let ((coding-system-for-write 'utf-8-unix))
            (write-region text nil file nil 'silent))
          (with-temp-buffer
            (apply #'call-process (getenv "PROOF") nil '(t nil) nil
                   "--json" (append args (list file)))
            (goto-char (point-min))
            (let ((files (alist-get 'files (json-parse-buffer :object-type 'alist
                                                              :array-type 'list))))
              (mapcar (lambda (finding)
                        (list (alist-get 'offset finding) (alist-get 'length finding)
                              (alist-get 'rule finding)))
                      (alist-get 'findings (car files))))))
      (delete-file file))))

;;; Findings

(ert-deftest finds-and-shows ()
  (proofd-tests--with #'text-mode proofd-tests--text
    (should (equal (proofd-tests--settle) '("recieve" "go" "days")))
    (should (equal (proofd-tests--shown)
                   '(("recieve" :proofd-spelling) ("go" :proofd-grammar)
                     ("days" :proofd-grammar))))
    (should (equal (mapcar (lambda (overlay) (overlay-get overlay 'face))
                           (cl-remove-if-not (lambda (each)
                                               (overlay-get each 'flymake-diagnostic))
                                             (overlays-at 3)))
                   '(proofd-spelling)))
    (should (equal (proofd--lighter) " Proofd:3"))
    (should-not (buffer-modified-p))))

(ert-deftest follows-edits ()
  (proofd-tests--with #'text-mode proofd-tests--text
    (proofd-tests--settle)
    (goto-char (point-max))
    (insert "Teh end.\n")
    (goto-char (point-min))
    (insert "Öh, 🙂 well. ")
    (should (equal (proofd-tests--settle) '("recieve" "go" "days" "Teh")))
    (proofd-tests--at "recieve")
    (delete-char 7)
    (insert "receive")
    (should (equal (proofd-tests--settle) '("go" "days" "Teh")))
    (should (equal (mapcar #'car (proofd-tests--shown)) '("go" "days" "Teh")))
    (erase-buffer)
    (should-not (proofd-tests--settle))
    (should-not (proofd-tests--shown))))

(ert-deftest finds-what-the-command-finds ()
  (let ((text (concat (apply #'concat (make-list 150 "He has a new car, and we was there.\n\n"))
                      "Das ist teh end — naïve 🙂 recieve.\n\n"
                      proofd-tests--text "A an apple. Your welcome\n")))
    (proofd-tests--with #'text-mode text
      (proofd-tests--settle)
      (should (> (buffer-size) 3000))
      (should (equal (proofd-tests--places) (proofd-tests--proof text)))
      (should (> (length (proofd-tests--places)) 150)))))

(ert-deftest finds-what-the-command-finds-after-edits ()
  (let ((random-state (random "proofd")))
    (ignore random-state)
    (proofd-tests--with #'text-mode
        (apply #'concat (make-list 12 (concat "The quick fox jump over teh dog. " proofd-tests--text
                                              "\nThey was here.\n\n")))
      (dotimes (_ 60)
        (let ((at (1+ (random (buffer-size)))))
          (goto-char at)
          (pcase (random 4)
            (0 (insert " teh "))
            (1 (delete-region at (min (point-max) (+ at 1 (random 30)))))
            (2 (insert "\n\nShe go. "))
            (_ (insert (propertize "é🙂x" 'face 'bold))))
          (when (zerop (random 3))
            (read-event nil nil (/ (random 40) 100.0)))))
      (proofd-tests--settle)
      (should (equal (proofd-tests--places)
                     (proofd-tests--proof (buffer-substring-no-properties 1 (point-max))))))))

(ert-deftest finds-in-markdown-what-the-command-finds ()
  (skip-unless (require 'markdown-mode nil t))
  (let ((text (concat "# Teh title\n\nShe go to *school* every days. `recieve it`\n\n"
                      "```\nteh code\n```\n\n- a item\n- [I recieve](http://x.y/teh)\n")))
    (proofd-tests--with #'markdown-mode text
      (should (equal (proofd--format) "markdown"))
      (proofd-tests--settle)
      (should (equal (proofd-tests--places) (proofd-tests--proof text "--format=markdown")))
      (should (member "recieve" (proofd-tests--found)))
      (goto-char (point-max))
      (insert "\n    teh code\n\nThey was here.\n")
      (proofd-tests--settle)
      (should (equal (proofd-tests--places)
                     (proofd-tests--proof (buffer-string) "--format=markdown"))))))

(ert-deftest a-key-costs-a-small-edit ()
  (let ((sent nil))
    (proofd-tests--with #'text-mode (apply #'concat (make-list 400 proofd-tests--text))
      (proofd-tests--settle)
      (goto-char (/ (point-max) 2))
      (advice-add 'dbus-message-internal :before
                  (lambda (&rest args) (push args sent)) '((name . tests)))
      (unwind-protect
          (progn
            (proofd-tests--keys "a")
            (proofd-tests--await "edit" #'proofd-tests--idle-p))
        (advice-remove 'dbus-message-internal 'tests))
      (should (= (length sent) 1))
      (should (equal (nth 5 (car sent)) "Edit"))
      (should (equal (last (car sent) 4) '(:uint32 0 :string "a"))))))

(ert-deftest never-waits-for-the-service ()
  (proofd-tests--with #'text-mode "A line.\n"
    (proofd-tests--settle)
    (advice-add 'dbus-call-method :override
                (lambda (&rest _) (error "This call would wait")) '((name . tests)))
    (unwind-protect
        (with-temp-buffer
          (switch-to-buffer (current-buffer))
          (text-mode)
          (insert proofd-tests--text)
          (proofd-mode 1)
          (goto-char (point-max))
          (proofd-tests--keys "T e h SPC e n d .")
          (proofd-tests--await "finding" (lambda () (member "Teh" (proofd-tests--found))))
          (proofd-explain 3)
          (proofd-add-word "recieve")
          (proofd-tests--await "word" (lambda ()
                                        (not (member "recieve" (proofd-tests--found)))))
          (proofd-tests--await "help" (lambda () (get-buffer "*proofd*")))
          (proofd-mode -1))
      (advice-remove 'dbus-call-method 'tests))))

(ert-deftest hides-a-word-that-is-typed ()
  (proofd-tests--with #'text-mode ""
    (proofd-tests--keys "I SPC r e c i e v e")
    (proofd-tests--settle)
    (should (equal (proofd-tests--found) '("recieve")))
    (should-not (proofd-tests--shown))
    (proofd-tests--keys "SPC")
    (should (equal (proofd-tests--shown) '(("recieve" :proofd-spelling))))
    (proofd-tests--settle)
    (should (equal (proofd-tests--shown) '(("recieve" :proofd-spelling))))
    (proofd-tests--keys "DEL")
    (should-not (proofd-tests--shown))
    (proofd-tests--keys "C-a")
    (should (equal (proofd-tests--shown) '(("recieve" :proofd-spelling))))))

;;; What is prose

(ert-deftest checks-comments-and-strings-of-c ()
  (proofd-tests--with #'c-mode
      (concat "#include <stdlib.h>\nint teh; /* She go to\n * school every days. */\n"
              "// The the end.\nint recieve(void) { puts(\"They was here.\\nTeh end.\"); }\n"
              "char *x = \"teh\"; // a `teh` name\n")
    (should (equal (proofd-tests--settle) '("go" "days" " the" "was" "Teh")))))

(ert-deftest joins-comment-lines-and-no-others ()
  (let ((masked (lambda (mode text)
                  (with-temp-buffer
                    (insert text)
                    (funcall mode)
                    (substring-no-properties
                     (proofd--masked-text (point-min) (point-max) nil))))))
    (should (equal (funcall masked #'emacs-lisp-mode ";; One two\n;; three.\n(four)\n;; Five.\n")
                   "   One two\n   three.\n\n\n\n\n\n\n\n   Five.\n"))
    (should (equal (funcall masked #'c-mode "/* One two\n * three. */\nx = 1; // Four\ny; // five\n")
                   (concat "   One two\n   three. \n\n\n\n \n \n\n    Four\n" "\n\n    five\n")))
    (should (equal (funcall masked #'python-mode "x = 'One two three'\n")
                   "\n \n \nOne two three\n\n"))
    (should (equal (funcall masked #'python-mode "x = 'utf-8'\n") "\n \n \n\n\n\n\n\n\n\n"))))

(ert-deftest checks-docstrings-of-lisp ()
  (proofd-tests--with #'emacs-lisp-mode
      (concat ";;; x.el --- Teh thing  -*- lexical-binding: t -*-\n\n;; They was here.\n\n"
              "(defun recieve (teh)\n  \"She go to TEH.\n`teh' is good, too.\"\n  \"recieve\")\n")
    (should (equal (proofd-tests--settle) '("Teh" "was" "go")))))

(ert-deftest leaves-org-code-out ()
  (proofd-tests--with #'org-mode
      (concat "#+TITLE: Teh title\n* TODO She go home :teh:\nSee [[https://x.org/teh][the pages]], "
              "then =recieve= and ~teh~.\n#+begin_src sh\necho recieve\n#+end_src\n"
              "They was here.\n: teh\n| teh |\n")
    (should (equal (proofd-tests--settle) '("Teh" "go" "was")))))

(ert-deftest leaves-html-tags-out ()
  (proofd-tests--with #'html-mode
      "<p class=\"teh\">She <b>go</b> to school.</p>\n<p>They was here, recieve it.</p>\n"
    (proofd-tests--settle)
    (should (member "recieve" (proofd-tests--found)))
    (should-not (member "teh" (proofd-tests--found)))))

(ert-deftest does-without-a-format-that-is-not-known ()
  (let ((proofd-formats '((text-mode . "nonsense"))))
    (proofd-tests--with #'text-mode proofd-tests--text
      (should (equal (proofd-tests--settle) '("recieve" "go" "days")))
      (should (= 0 (proofd-tests--told "not checked"))))))

(ert-deftest masks-as-faces-change ()
  (let ((proofd-code-faces '((text-mode bold)))
        (keywords '(("recieve" 0 'bold t))))
    (proofd-tests--with (lambda () (text-mode) (setq font-lock-defaults '(nil t)))
        proofd-tests--text
      (should (equal (proofd-tests--settle) '("recieve" "go" "days")))
      (font-lock-add-keywords nil keywords)
      (font-lock-flush)
      (proofd--on-fontified 1 20)
      (should (equal (proofd-tests--settle) '("go" "days")))
      (font-lock-remove-keywords nil keywords)
      (font-lock-flush)
      (proofd--on-fontified 1 20)
      (should (equal (proofd-tests--settle) '("recieve" "go" "days"))))))

(ert-deftest survives-what-is-no-unicode ()
  (proofd-tests--with #'text-mode
      (concat "Zero \0 byte \x3fff80 surrogate " (string #xd800) " beyond " (string #x110000)
              " 🙂 teh end.\n" proofd-tests--text)
    (should (equal (proofd-tests--settle) '("teh" "recieve" "go" "days")))))

;;; Corrections

(ert-deftest corrects-by-number ()
  (proofd-tests--with #'text-mode proofd-tests--text
    (proofd-tests--settle)
    (proofd-tests--at "recieve")
    (proofd-tests--keys "M-$ 1")
    (should (string-prefix-p "I receive it." (buffer-string)))
    (should (equal (proofd-tests--settle) '("go" "days")))
    (undo-boundary)
    (setq last-command nil)
    (undo)
    (should (equal (buffer-string) proofd-tests--text))
    (should (equal (proofd-tests--settle) '("recieve" "go" "days")))))

(ert-deftest corrects-the-nearest ()
  (proofd-tests--with #'text-mode proofd-tests--text
    (proofd-tests--settle)
    (goto-char (point-max))
    (proofd-tests--keys "M-$ RET")
    (should (equal (buffer-string) "I recieve it. She go to school every day.\n"))
    (should (eobp))
    (proofd-tests--settle)
    (proofd-tests--keys "M-$ w a l k s RET")
    (should (equal (buffer-string) "I recieve it. She walks to school every day.\n"))))

(ert-deftest leaves-a-word-out-with-its-space ()
  (proofd-tests--with #'text-mode "We saw the the dog.\n"
    (proofd-tests--settle)
    (proofd-tests--keys "M-$ 1")
    (should (equal (buffer-string) "We saw the dog.\n")))
  (with-temp-buffer
    (insert "We are so here.")
    (proofd--replace (make-overlay 8 10) "")
    (should (equal (buffer-string) "We are here."))))

(ert-deftest goes-to-the-next-and-back ()
  (proofd-tests--with #'text-mode proofd-tests--text
    (proofd-tests--settle)
    (goto-char (point-min))
    (proofd-next)
    (should (looking-at "recieve"))
    (proofd-tests--keys "M-n")
    (should (looking-at "go"))
    (proofd-tests--keys "M-n")
    (should (looking-at "days"))
    (should-error (proofd-next) :type 'user-error)
    (proofd-previous 2)
    (should (looking-at "recieve"))
    (should-error (proofd-tests--keys "M-p"))
    (should (= 1 (proofd-tests--told "“go” may be")))))

(ert-deftest accepts-words ()
  (proofd-tests--with #'text-mode "Teh frobnicatr recieve it.\nAlso frobnicatr.\n"
    (proofd-tests--settle)
    (let ((before (proofd-tests--found)))
      (should (member "recieve" before))
      (proofd-tests--choose (proofd-tests--at "Teh") "Accept “Teh” in all programs")
      (proofd-tests--await "word accepted" (lambda ()
                                             (not (member "Teh" (proofd-tests--found)))))
      (should (equal (car (proofd--call-and-wait "Words")) '("Teh")))
      (proofd-tests--choose (proofd-tests--at "recieve") "Accept “recieve” in this buffer")
      (proofd-tests--await "word ignored" (lambda ()
                                            (not (member "recieve" (proofd-tests--found)))))
      (proofd-restart)
      (should-not (member "recieve" (proofd-tests--settle)))
      (proofd-remove-word "Teh")
      (proofd-tests--await "word back" (lambda () (member "Teh" (proofd-tests--found)))))))

(ert-deftest accepts-words-of-the-file ()
  (proofd-tests--with (lambda () (text-mode) (setq proofd-words '("Teh")))
      "Teh cat recieve it.\nLocalWords: recieve\n"
    (should-not (cl-intersection '("Teh" "recieve") (proofd-tests--settle) :test #'equal))
    (should (safe-local-variable-p 'proofd-words '("a")))
    (should-not (safe-local-variable-p 'proofd-words '(1)))))

(ert-deftest ignores-one ()
  (proofd-tests--with #'text-mode "I recieve it. You recieve that.\n"
    (proofd-tests--settle)
    (proofd-tests--choose (proofd-tests--at "recieve") "Ignore this one")
    (should (equal (proofd-tests--found) '("recieve")))
    (proofd-restart)
    (should (equal (proofd-tests--settle) '("recieve")))
    (should (equal (mapcar #'car (proofd-tests--shown)) '("recieve")))))

(ert-deftest turns-a-rule-off ()
  (proofd-tests--with #'text-mode proofd-tests--text
    (proofd-tests--settle)
    (proofd-tests--choose (proofd-tests--at "recieve") "Turn the rule spelling/unknown off")
    (should (equal proofd-disabled-rules '("spelling/unknown")))
    (should (equal (proofd-tests--settle) '("go" "days")))
    (customize-set-variable 'proofd-disabled-rules nil)
    (should (equal (proofd-tests--settle) '("recieve" "go" "days")))))

(ert-deftest explains ()
  (proofd-tests--with #'text-mode (concat "Well, it is so.\n\n" proofd-tests--text)
    (proofd-tests--settle)
    (proofd-tests--choose (proofd-tests--at "go") "Explain")
    (with-current-buffer (proofd-tests--await "help" (lambda () (get-buffer "*proofd*")))
      (should (string-match-p "“go” in the sentence\n\n  She go to school every days\\."
                              (buffer-string)))
      (should (string-match-p "\\[verb-form/model\\]" (buffer-string)))
      (should (string-match-p "right: " (buffer-string)))
      (should (string-match-p "% +verb-form" (buffer-string)))
      (kill-buffer))
    (proofd-tests--at "school")
    (proofd-explain)
    (with-current-buffer (proofd-tests--await "help" (lambda () (get-buffer "*proofd*")))
      (should (string-match-p "“school” in the sentence" (buffer-string))))))

(ert-deftest has-menus-for-the-mouse ()
  (proofd-tests--with #'text-mode proofd-tests--text
    (proofd-tests--settle)
    (let* ((click `(mouse-3 (,(selected-window) 4 (0 . 0) 0)))
           (menu (proofd-context-menu (make-sparse-keymap) click))
           labels first)
      (map-keymap (lambda (_ item)
                    (push (nth 1 item) labels)
                    (when (equal (nth 1 item) "receive")
                      (setq first (nth 2 item))))
                  menu)
      (should (member "Ignore this one" labels))
      (should (cl-some (lambda (label) (string-match-p "not in the dictionary" label)) labels))
      (funcall first)
      (should (string-prefix-p "I receive it." (buffer-string)))
      (let ((plain (make-sparse-keymap)))
        (should (eq plain (proofd-context-menu plain `(mouse-3 (,(selected-window) 1 (0 . 0) 0)))))))
    (proofd-tests--settle)
    (should (proofd-tests--at "days"))
    (should (eq (lookup-key (get-char-property (point) 'keymap) (kbd "M-n")) #'proofd-next))))

(ert-deftest checks-a-region-once ()
  (with-temp-buffer
    (switch-to-buffer (current-buffer))
    (text-mode)
    (buffer-enable-undo)
    (insert proofd-tests--text proofd-tests--text)
    (goto-char (point-min))
    (let ((answers '("receive" "went" "day")))
      (cl-letf (((symbol-function 'completing-read) (lambda (&rest _) (pop answers))))
        (proofd-check-region 1 (length proofd-tests--text))))
    (should (equal (buffer-string) (concat "I receive it. She went to school every day.\n"
                                           proofd-tests--text)))
    (should-not (proofd--findings (point-min) (point-max)))
    (should (= 1 (proofd-tests--told "3 findings")))))

;;; Buffers of all kinds

(ert-deftest minds-narrowing ()
  (proofd-tests--with #'text-mode (concat "I recieve it.\n\nShe go home.\n\nTeh end.\n")
    (goto-char (point-min))
    (search-forward "She")
    (narrow-to-region (line-beginning-position) (line-end-position))
    (should (equal (proofd-tests--settle) '("recieve" "go" "Teh")))
    (insert " often")
    (delete-char 3)
    (insert " recieve")
    (should (equal (proofd-tests--settle) '("recieve" "recieve" "Teh")))
    (should (equal (buffer-string) "She often recieve home."))
    (goto-char (point-min))
    (proofd-next)
    (should (looking-at "recieve"))
    (should-error (proofd-next) :type 'user-error)
    (proofd-tests--keys "M-$ 1")
    (widen)
    (should (string-match-p "often receive home" (buffer-string)))
    (proofd-mode -1)
    (should-not (proofd--findings (point-min) (point-max)))))

(ert-deftest minds-indirect-buffers ()
  (proofd-tests--with #'text-mode proofd-tests--text
    (proofd-tests--settle)
    (let ((clone (clone-indirect-buffer "clone" nil)))
      (with-current-buffer clone
        (should proofd-mode)
        (should (equal (proofd-tests--settle) '("recieve" "go" "days")))
        (goto-char (point-max))
        (insert "Teh end.\n")
        (should (equal (proofd-tests--settle) '("recieve" "go" "days" "Teh"))))
      (should (equal (proofd-tests--settle) '("recieve" "go" "days" "Teh")))
      (goto-char (point-min))
      (insert "They was here. ")
      (with-current-buffer clone
        (should (equal (proofd-tests--settle) '("was" "recieve" "go" "days" "Teh"))))
      (kill-buffer clone)
      (insert "Yes. ")
      (should (equal (proofd-tests--settle) '("was" "recieve" "go" "days" "Teh"))))))

(ert-deftest changes-nothing-that-is-read-only ()
  (proofd-tests--with #'text-mode proofd-tests--text
    (setq buffer-read-only t)
    (should (equal (proofd-tests--settle) '("recieve" "go" "days")))
    (should-error (proofd-tests--keys "M-$ 1"))
    (should-error (proofd--replace (proofd-tests--at "recieve") "receive") :type 'buffer-read-only)
    (should (equal (buffer-string) proofd-tests--text))))

(ert-deftest starts-nothing-on-remote-hosts ()
  (let ((file-name-handler-alist
         (list (cons "\\`/away:" (lambda (operation &rest args)
                                   (if (memq operation '(file-remote-p expand-file-name
                                                         unhandled-file-name-directory))
                                       (car args)
                                     (error "A remote operation: %S %S" operation args)))))))
    (proofd-tests--with #'text-mode proofd-tests--text
      (setq default-directory "/away:host:/"
            buffer-file-name "/away:host:/file")
      (should (equal (proofd-tests--settle) '("recieve" "go" "days")))
      (setq buffer-file-name nil))))

(ert-deftest refuses-huge-buffers-but-checks-their-parts ()
  (let ((proofd-maximum-size 100))
    (proofd-tests--with #'text-mode (concat proofd-tests--text (make-string 100 ?\n))
      (should-not proofd-mode)
      (should-not (proofd--current))
      (should (= 1 (proofd-tests--told "more than 100 characters")))
      (should (equal (mapcar #'proofd--word (proofd--check-part 1 14)) '("recieve"))))))

(ert-deftest fills-long-buffers-from-where-one-looks ()
  (proofd-tests--with #'text-mode (concat (apply #'concat (make-list 3000 "It is good here.\n\n"))
                                          proofd-tests--text)
    (let (places)
      (advice-add 'proofd--update :before (lambda (_document start &rest _) (push start places))
                  '((name . tests)))
      (unwind-protect
          (cl-letf (((symbol-function 'get-buffer-window-list) (lambda (&rest _) '(window)))
                    ((symbol-function 'window-start) (lambda (&rest _) (- (point-max) 400)))
                    ((symbol-function 'window-end) (lambda (&rest _) (point-max))))
            (proofd-restart)
            (should (equal (proofd-tests--settle) '("recieve" "go" "days"))))
        (advice-remove 'proofd--update 'tests))
      (setq places (nreverse places))
      (should (> (car places) 50000))
      (should (= (cadr places) 1))
      (should (> (length places) 10)))))

(ert-deftest closes-documents ()
  (proofd-tests--with #'text-mode proofd-tests--text
    (proofd-tests--settle)
    (should (= 1 (proofd-tests--statistic "documents")))
    (org-mode)
    (should-not proofd-mode)
    (proofd-tests--await "closed" (lambda () (= 0 (proofd-tests--statistic "documents"))))
    (proofd-mode 1)
    (proofd-tests--settle)
    (let ((shadow (proofd--document-shadow proofd--document)))
      (kill-buffer)
      (proofd-tests--await "shadow gone" (lambda () (not (buffer-live-p shadow)))))
    (proofd-tests--await "closed" (lambda () (= 0 (proofd-tests--statistic "documents"))))
    (should-not proofd--documents)))

(ert-deftest minds-other-backends-of-flymake ()
  (let ((called 0))
    (cl-flet ((other (report &rest _) (cl-incf called) (funcall report nil)))
      (proofd-tests--with (lambda ()
                            (text-mode)
                            (add-hook 'flymake-diagnostic-functions #'other nil t))
          proofd-tests--text
        (proofd-tests--settle)
        (should (= called 0))
        (proofd-mode -1)
        (should-not flymake-mode)
        (should (equal flymake-diagnostic-functions (list #'other t)))
        (flymake-mode 1)
        (flymake-start)
        (should (>= called 1))
        (proofd-mode 1)
        (flymake-start)
        (proofd-tests--settle)
        (should (> called 1))
        (should (equal (mapcar #'car (proofd-tests--shown)) '("recieve" "go" "days")))
        (proofd-mode -1)
        (should flymake-mode)
        (should-not (proofd-tests--shown))))))

(ert-deftest is-on-where-text-is-written ()
  (global-proofd-mode 1)
  (dolist (row '((text-mode t) (org-mode t) (emacs-lisp-mode t) (conf-mode t) (special-mode nil)
                 (nxml-mode nil) (fundamental-mode nil)))
    (with-current-buffer (generate-new-buffer "tested")
      (funcall (car row))
      (let ((noninteractive nil))
        (run-hooks 'after-change-major-mode-hook))
      (should (equal row (list (car row) (and proofd-mode t))))
      (kill-buffer)))
  (global-proofd-mode -1)
  (should-not proofd--documents))

;;; Languages and options

(ert-deftest takes-the-language-from-ispell ()
  (with-temp-buffer
    (should (equal (proofd--language) ""))
    (dolist (row '(("american" "en_US") ("british" "en_GB") ("en_GB-ise" "en_GB") ("de" "de")
                   ("de_DE" "de_DE") ("fr-toutesvariantes" "fr") ("klingon" "")))
      (setq-local ispell-local-dictionary (car row))
      (should (equal (list (car row) (proofd--language)) row)))
    (setq-local proofd-language "en_AU")
    (should (equal (proofd--language) "en_AU"))))

(ert-deftest says-what-is-wrong-with-the-language ()
  (proofd-tests--with (lambda () (text-mode) (setq-local proofd-language "tlh"))
      proofd-tests--text
    (proofd-tests--await "message" (lambda () (= 1 (proofd-tests--told "not checked.*tlh.*en_US"))))
    (should (string-match-p "!" (proofd--lighter)))
    (should-error (proofd-tests--keys "M-$"))
    (setq-local proofd-language "en_US")
    (proofd-restart)
    (should (equal (proofd-tests--settle) '("recieve" "go" "days")))))

(ert-deftest hands-options-on ()
  (let ((proofd-variant "gb")
        (proofd-disabled-rules '("spelling/unknown")))
    (proofd-tests--with #'text-mode "The color is nice. I recieve it.\n"
      (should (equal (proofd-tests--settle) '("color")))
      (setq proofd-level "loud")
      (proofd-restart)
      (proofd-tests--await "message" (lambda () (= 1 (proofd-tests--told "not checked.*level"))))
      (setq proofd-level "default"))))

;;; The service comes and goes

(ert-deftest survives-the-end-of-the-service ()
  (proofd-tests--with #'text-mode proofd-tests--text
    (proofd-tests--settle)
    (let ((path (proofd--document-generation proofd--document)))
      (proofd-tests--kill-service)
      (goto-char (point-max))
      (insert "Teh end.\n")
      (proofd-tests--await "new document" (lambda ()
                                            (and (> (proofd--document-generation proofd--document)
                                                    path)
                                                 (proofd--openp proofd--document)))))
    (should (equal (proofd-tests--settle) '("recieve" "go" "days" "Teh")))
    (should (= 0 (proofd-tests--told "proofd:")))))

(ert-deftest gives-up-on-a-service-that-ends-again-and-again ()
  (proofd-tests--with #'text-mode proofd-tests--text
    (proofd-tests--settle)
    (dotimes (n 4)
      (proofd-tests--await "open" (lambda () (proofd--openp proofd--document)))
      (proofd-tests--kill-service)
      (proofd-tests--await "loss" (lambda () (= (length proofd--losses) (1+ n)))))
    (should (= 1 (proofd-tests--told "ended several times")))
    (should-error (proofd-tests--keys "M-$"))
    (proofd-restart)
    (should (equal (proofd-tests--settle) '("recieve" "go" "days")))))

(defun proofd-tests--reload-bus ()
  "Let the bus look again at what can be started."
  (dbus-call-method :session dbus-service-dbus dbus-path-dbus dbus-interface-dbus "ReloadConfig"))

(ert-deftest says-once-that-there-is-no-service ()
  (let* ((file (getenv "PROOFD_SERVICE_FILE"))
         (away (concat file ".away")))
    (rename-file file away)
    (proofd-tests--reload-bus)
    (proofd-tests--with #'text-mode proofd-tests--text
      (with-temp-buffer
        (proofd-mode 1)
        (proofd-tests--await "message" (lambda () (> (proofd-tests--told "not installed") 0)))
        (should (= 1 (proofd-tests--told "nothing is checked: the service is not installed")))
        (should (= 1 (proofd-tests--told "proofd:"))))
      (should (string-match-p "!" (proofd--lighter)))
      (insert "More. ")
      (should-error (proofd-tests--keys "M-$"))
      (rename-file away file)
      (proofd-tests--reload-bus)
      (proofd-restart)
      (should (equal (proofd-tests--settle) '("recieve" "go" "days"))))))

(ert-deftest starts-when-the-service-comes ()
  (let* ((file (getenv "PROOFD_SERVICE_FILE"))
         (away (concat file ".away")))
    (rename-file file away)
    (proofd-tests--reload-bus)
    (proofd-tests--with #'text-mode proofd-tests--text
      (proofd-tests--await "message" (lambda () (= 1 (proofd-tests--told "not installed"))))
      (rename-file away file)
      (proofd-tests--reload-bus)
      (dbus-call-method :session dbus-service-dbus dbus-path-dbus dbus-interface-dbus
                        "StartServiceByName" proofd--service :uint32 0)
      (should (equal (proofd-tests--settle) '("recieve" "go" "days"))))))

(ert-deftest says-once-that-there-is-no-bus ()
  :tags '(no-bus)
  (proofd-tests--with #'text-mode proofd-tests--text
    (proofd-tests--await "message" (lambda () (= 1 (proofd-tests--told "nothing is checked"))))
    (proofd-tests--keys "x y SPC")
    (should (= 1 (proofd-tests--told "proofd:")))
    (should (string-prefix-p "xy " (buffer-string)))
    (should-error (proofd-tests--keys "M-$") :type 'error)
    (should-error (proofd-check-region 1 10))))

(provide 'proofd-tests)
;;; proofd-tests.el ends here
