;;; proofd-correct.el --- Corrections and explanations  -*- lexical-binding: t -*-

;; SPDX-License-Identifier: LGPL-2.1-or-later

;; This file is part of proofd, an English checker for the Linux desktop.

;;; Commentary:

;; The commands: go to a finding, correct it from a menu of the minibuffer or of the mouse, accept
;; its word, ignore it, turn its rule off, explain it; check a region once.

;;; Code:

(require 'proofd-document)

(defcustom proofd-show-choices t
  "Whether `proofd-correct' shows its choices at once.
This is left to packages that show them by themselves, such as
Vertico or Icomplete, where one of these is on."
  :type 'boolean
  :group 'proofd)

(defvar proofd-correct-history nil
  "Corrections that were chosen.")

;;; Where

(defun proofd--current-findings (start end)
  "The overlays of findings from START to END that hold for the text as it is."
  (cl-remove-if (lambda (overlay) (overlay-get overlay 'proofd-stale))
                (proofd--findings start end)))

(defun proofd--finding-at (position)
  "The overlay of the finding at POSITION or that ends there, or nil."
  (let ((touching (cl-remove-if-not (lambda (overlay)
                                      (<= (overlay-start overlay) position (overlay-end overlay)))
                                    (proofd--current-findings position position))))
    (car (sort touching
               (lambda (a b) (> (overlay-start a) (overlay-start b)))))))

(defun proofd--nearest-finding ()
  "The overlay of the finding at point or nearest to it in the window, or nil."
  (or (proofd--finding-at (point))
      (let ((distance (lambda (overlay)
                        (if (> (overlay-start overlay) (point))
                            (- (overlay-start overlay) (point))
                          (- (point) (overlay-end overlay))))))
        (car (sort (proofd--current-findings (window-start) (window-end nil t))
                   (lambda (a b) (< (funcall distance a) (funcall distance b))))))))

(defun proofd--checked-document ()
  "The document of the current buffer; tell the user if nothing is checked."
  (let ((document (or (proofd--current)
                      (user-error "This buffer is not checked; M-x proofd-mode turns it on"))))
    (pcase (proofd--document-state document)
      ('failed (user-error "proofd: %s" (proofd--document-message document)))
      ('waiting (user-error "proofd: %s" (or proofd--trouble "waiting for the service"))))
    document))

(defun proofd-next (&optional count)
  "Go to the next finding, or COUNT findings further."
  (interactive "p")
  (proofd--checked-document)
  (let ((findings (sort (proofd--current-findings (point-min) (point-max))
                        (lambda (a b) (< (overlay-start a) (overlay-start b)))))
        (count (or count 1))
        overlay)
    (setq overlay
          (if (> count 0)
              (nth (1- count) (cl-remove-if-not (lambda (each) (> (overlay-start each) (point)))
                                                findings))
            (nth (- -1 count) (nreverse (cl-remove-if-not
                                         (lambda (each) (< (overlay-start each) (point)))
                                         findings)))))
    (unless overlay
      (user-error "No finding %s point" (if (> count 0) "after" "before")))
    (push-mark nil t)
    (goto-char (overlay-start overlay))
    (unless (minibufferp)
      (message "%s" (proofd--describe (overlay-get overlay 'proofd-finding))))))

(defun proofd-previous (&optional count)
  "Go to the finding before point, or COUNT findings back."
  (interactive "p")
  (proofd-next (- (or count 1))))

;;; Correct

(defun proofd--word (overlay)
  "The text that OVERLAY is on."
  (buffer-substring-no-properties (overlay-start overlay) (overlay-end overlay)))

(defun proofd--drop (overlay)
  "Forget the finding of OVERLAY."
  (let ((start (overlay-start overlay))
        (end (overlay-end overlay)))
    (delete-overlay overlay)
    (run-hook-with-args 'proofd-findings-changed-functions start end)))

(defun proofd--replace (overlay text)
  "Put TEXT where OVERLAY is, as one step of `undo'.
An empty TEXT takes a space beside it along."
  (barf-if-buffer-read-only)
  (let ((start (overlay-start overlay))
        (end (overlay-end overlay)))
    (when (and (string-empty-p text) (< start end))
      (cond ((and (eq (char-before start) ?\s)
                  (memq (char-after end) '(nil ?\n ?\s ?. ?, ?\; ?: ?! ??)))
             (setq start (1- start)))
            ((and (memq (char-before start) '(nil ?\n)) (eq (char-after end) ?\s))
             (setq end (1+ end)))))
    (undo-boundary)
    (save-excursion
      (goto-char end)
      (insert-and-inherit text)
      (delete-region start end))
    (undo-boundary)
    (when (overlay-buffer overlay)
      (proofd--drop overlay))))

(defun proofd--label (candidate word)
  "The label of CANDIDATE for WORD."
  (let ((text (car candidate)))
    (if (string-empty-p text) (format "(leave out “%s”)" word) text)))

(defun proofd--choices (overlay)
  "What can be done with the finding of OVERLAY, as a list (GROUP LABEL FUNCTION)."
  (let* ((finding (overlay-get overlay 'proofd-finding))
         (word (proofd--word overlay))
         (rule (proofd--finding-rule finding))
         (choices (mapcar (lambda (candidate)
                            (list "Corrections" (proofd--label candidate word)
                                  (lambda () (proofd--replace overlay (car candidate)))))
                          (proofd--finding-candidates finding)))
         (more (lambda (label function)
                 (setq choices (append choices (list (list "Or" label function)))))))
    (when (and (equal (proofd--finding-kind finding) "spelling")
               (string-match-p "\\`[^[:space:]]+\\'" word))
      (funcall more (format "Accept “%s” in all programs" word)
               (lambda () (proofd-add-word word)))
      (when (proofd--current)
        (funcall more (format "Accept “%s” in this buffer" word)
                 (lambda () (proofd-ignore-word word)))))
    (if (proofd--finding-fingerprint finding)
        (funcall more "Ignore this one" (lambda () (proofd--ignore overlay)))
      (funcall more "Leave it as it is" #'ignore))
    (funcall more (format "Turn the rule %s off" rule) (lambda () (proofd-disable-rule rule)))
    (funcall more "Explain" (lambda () (proofd-explain (overlay-start overlay))))
    choices))

(defun proofd--ignore (overlay)
  "Ignore the finding of OVERLAY, and where the same words are around it."
  (let ((document (proofd--checked-document))
        (print (proofd--finding-fingerprint (overlay-get overlay 'proofd-finding))))
    (push print (proofd--document-ignored document))
    (save-restriction
      (widen)
      (dolist (each (proofd--findings (point-min) (point-max)))
        (when (eql print (proofd--finding-fingerprint (overlay-get each 'proofd-finding)))
          (proofd--drop each))))))

(defun proofd--number-keys (labels)
  "Let the keys 1 to 9 choose from LABELS while the minibuffer is empty."
  (let ((map (make-sparse-keymap)))
    (set-keymap-parent map (current-local-map))
    (cl-loop for label in labels
             for number from 1 to 9
             do (let ((label label))
                  (define-key map (number-to-string number)
                    (lambda ()
                      (interactive)
                      (if (not (string-empty-p (minibuffer-contents)))
                          (call-interactively #'self-insert-command)
                        (insert label)
                        (exit-minibuffer))))))
    (use-local-map map)))

(defun proofd--completes-itself-p ()
  "Is a package on that displays completions by itself?"
  (or (not (eq completing-read-function #'completing-read-default))
      (cl-some (lambda (mode) (and (boundp mode) (symbol-value mode)))
               '(vertico-mode icomplete-mode fido-mode fido-vertical-mode selectrum-mode mct-mode
                 ivy-mode helm-mode))))

(defun proofd--read (message choices)
  "Ask with MESSAGE for one of CHOICES; return its function, or what was typed."
  (let* ((labels (mapcar #'cadr choices))
         (group (lambda (label transform)
                  (if transform label (car (cl-find label choices :key #'cadr :test #'equal)))))
         (number (lambda (label)
                   (let ((at (cl-position label labels :test #'equal)))
                     (list label (if (< at 9) (format "%d " (1+ at)) "  ") ""))))
         (table (lambda (string predicate action)
                  (if (eq action 'metadata)
                      `(metadata (category . proofd)
                                 (display-sort-function . ,#'identity)
                                 (cycle-sort-function . ,#'identity)
                                 (group-function . ,group)
                                 (affixation-function
                                  . ,(lambda (shown) (mapcar number shown))))
                    (complete-with-action action labels string predicate))))
         (chosen (minibuffer-with-setup-hook
                     (lambda ()
                       (proofd--number-keys labels)
                       (when (and proofd-show-choices (not (proofd--completes-itself-p)))
                         (minibuffer-completion-help)))
                   (completing-read (format "%s " message) table nil nil nil
                                    'proofd-correct-history (car labels)))))
    (or (nth 2 (cl-find chosen choices :key #'cadr :test #'equal))
        chosen)))

(defun proofd--describe (finding)
  "The message of FINDING, with its rule."
  (format "%s [%s]" (proofd--finding-message finding) (proofd--finding-rule finding)))

(defun proofd--correct (overlay)
  "Ask what is to be done with the finding of OVERLAY, and do it."
  (let ((finding (overlay-get overlay 'proofd-finding))
        (shown (make-overlay (overlay-start overlay) (overlay-end overlay)))
        chosen)
    (overlay-put shown 'face 'highlight)
    (overlay-put shown 'priority 200)
    (unwind-protect
        (save-excursion
          (goto-char (overlay-start overlay))
          (setq chosen (proofd--read (proofd--finding-message finding)
                                     (proofd--choices overlay))))
      (delete-overlay shown))
    (if (null (overlay-buffer overlay))
        (user-error "The text has changed meanwhile")
      (if (functionp chosen)
          (funcall chosen)
        (proofd--replace overlay chosen)))))

(defun proofd-correct (&optional all)
  "Correct the finding at point, or the one nearest to it in the window.
The corrections are offered in the minibuffer, the best first:
\\<minibuffer-local-map>\\[exit-minibuffer] takes it, 1 to 9 take the one with that number, and another
text that is typed is taken as it is.  The word can be accepted in
all programs or in this buffer, the finding be ignored, its rule
be turned off, and the finding be explained.

With a region, each finding there is asked for, and with a prefix
argument (ALL) each finding of the buffer, as with
`proofd-check-region'."
  (interactive "P")
  (cond (all (proofd-check-region (point-min) (point-max)))
        ((use-region-p) (proofd-check-region (region-beginning) (region-end)))
        (t (proofd--checked-document)
           (let ((overlay (or (proofd--nearest-finding)
                              (user-error "There is no finding in this window"))))
             (proofd--correct overlay)))))

(defun proofd-add-word (word)
  "Accept WORD from now on, in all programs."
  (interactive (list (read-string "Accept in all programs: " (thing-at-point 'word t))))
  (proofd--call proofd--path proofd--service "AddWord"
                (lambda () (message "proofd: “%s” is accepted in all programs" word))
                (lambda (name message)
                  (message "proofd: “%s” cannot be accepted: %s"
                           word (proofd--explain-error name message)))
                word))

(defun proofd-remove-word (word)
  "Accept WORD no more, in any program."
  (interactive (list (completing-read "Accept no more: "
                                      (car (proofd--call-and-wait "Words")) nil t)))
  (proofd--call-and-wait "RemoveWord" word)
  (message "proofd: “%s” is accepted no more" word))

(defun proofd-ignore-word (word)
  "Accept WORD in this buffer, until it is killed.
To accept it in a file for good, have it in `proofd-words' or
behind “LocalWords:” there."
  (interactive (list (read-string "Accept in this buffer: " (thing-at-point 'word t))))
  (let ((document (proofd--checked-document)))
    (cl-pushnew word (proofd--document-words document) :test #'equal)
    (proofd--call (proofd--document-path document) proofd--document-interface "IgnoreWord"
                  #'ignore
                  (lambda (name message)
                    (message "proofd: “%s” cannot be accepted: %s"
                             word (proofd--explain-error name message)))
                  word)))

(defun proofd-disable-rule (rule)
  "Turn RULE, such as \"spelling/unknown\" or \"punctuation\", off.
It is added to the option `proofd-disabled-rules', which is saved."
  (interactive "sTurn off the rule: ")
  (let ((rules (append (default-value 'proofd-disabled-rules) (list rule))))
    (if (or custom-file user-init-file)
        (customize-save-variable 'proofd-disabled-rules rules)
      (customize-set-variable 'proofd-disabled-rules rules))
    (message "proofd: the rule %s is off; M-x customize-option proofd-disabled-rules turns it on"
             rule)))

;;; The mouse

(defun proofd--menu (overlay menu)
  "Put what can be done with the finding of OVERLAY into MENU, and return it."
  (let ((buffer (current-buffer))
        (number 0)
        group)
    (define-key-after menu [proofd-title]
      (list 'menu-item (proofd--finding-message (overlay-get overlay 'proofd-finding))
            #'ignore :enable nil))
    (pcase-dolist (`(,of ,label ,function) (proofd--choices overlay))
      (unless (equal of group)
        (setq group of)
        (define-key-after menu (vector (intern (concat "proofd-" of))) '(menu-item "--")))
      (define-key-after menu (vector (intern (format "proofd-%d" (cl-incf number))))
        `(menu-item ,label ,(lambda ()
                              (interactive)
                              (with-current-buffer buffer
                                (when (overlay-buffer overlay)
                                  (funcall function)))))))
    menu))

(defun proofd-context-menu (menu click)
  "Put what can be done with the finding at CLICK into MENU.
This is for `context-menu-functions'."
  (let ((overlay (proofd--finding-at (posn-point (event-start click)))))
    (if (null overlay)
        menu
      (let ((mine (proofd--menu overlay (make-sparse-keymap))))
        (define-key-after mine [proofd-end] '(menu-item "--"))
        (make-composed-keymap mine menu)))))

(defun proofd-mouse-menu (click)
  "Pop up a menu with what can be done with the finding at CLICK."
  (interactive "e")
  (mouse-set-point click)
  (let ((overlay (or (proofd--finding-at (point))
                     (user-error "There is no finding here"))))
    (popup-menu (proofd--menu overlay (make-sparse-keymap)) click)))

;;; Explain

(defun proofd--text-around (position)
  "What the service is to be told of the text around POSITION, as (TEXT . OFFSET).
TEXT is masked as it is for the document, and begins behind OFFSET
characters of the buffer."
  (save-restriction
    (widen)
    (let* ((format (proofd--format))
           (part (if format
                     (cons (point-min) (point-max))
                   (proofd--whole (max (point-min) (- position proofd--at-once))
                                  (min (point-max) (+ position proofd--at-once))))))
      (cons (substring-no-properties (proofd--masked-text (car part) (cdr part) format))
            (1- (car part))))))

(defun proofd-explain (&optional position)
  "Explain what is found at POSITION, or why nothing is; point by default.
The sentence, what the network says of the place, and pages about
the rules come in a help buffer."
  (interactive)
  (proofd--connect)
  (let* ((position (or position
                       (let ((overlay (proofd--finding-at (point))))
                         (if overlay (overlay-start overlay) (point)))))
         (overlay (proofd--finding-at position))
         (length (if overlay (- (overlay-end overlay) (overlay-start overlay)) 0))
         (around (proofd--text-around position))
         (text (car around)))
    (proofd--call proofd--path proofd--service "Explain"
                  (lambda (explanation) (proofd--show-explanation text explanation))
                  (lambda (name message)
                    (message "proofd: %s" (proofd--explain-error name message)))
                  (proofd--language) text
                  :uint32 (- position 1 (cdr around)) :uint32 length
                  (proofd--options (proofd--format)))))

(defun proofd--show-explanation (text explanation)
  "Show EXPLANATION, a reply of Explain, of a place in TEXT in a help buffer."
  (let* ((get (lambda (key) (car (cadr (assoc key explanation)))))
         (part (lambda (place) (substring text (car place) (apply #'+ place))))
         (sentence (funcall get "sentence"))
         (place (funcall get "place"))
         (at (- (car place) (car sentence)))
         (shown (string-trim-right (replace-regexp-in-string
                                    "\n" " " (funcall part sentence)))))
    (with-help-window "*proofd*"
      (with-current-buffer standard-output
        (insert "“" (propertize (funcall part place) 'face 'bold) "” in the sentence\n\n  ")
        (let ((start (point)))
          (insert shown "\n\n")
          (add-face-text-property (+ start at) (min (point) (+ start at (cadr place))) 'bold))
        (dolist (finding (funcall get "findings"))
          (insert (nth 4 finding) " [" (nth 5 finding) "]\n"))
        (unless (string-empty-p (funcall get "reason"))
          (insert (funcall get "reason") "\n"))
        (proofd--insert-chances (funcall get "known") (funcall get "chances"))
        (dolist (page (funcall get "pages"))
          (proofd--insert-page page))))))

(defun proofd--insert-chances (known chances)
  "Insert whether the place is KNOWN to the dictionary, and the network's CHANCES."
  (insert "\n" (if known "It is in the dictionary." "It is not in the dictionary.") "\n")
  (when chances
    (insert "\nThe network says:\n")
    (pcase-dolist (`(,kind ,chance) (seq-take chances 5))
      (insert (format "  %5.1f %%  %s\n" (* 100 chance) kind)))))

(defun proofd--insert-page (page)
  "Insert PAGE about a rule: (RULE TITLE TEXT WRONG RIGHT)."
  (pcase-let ((`(,rule ,title ,text ,wrong ,right) page))
    (insert "\n" (propertize title 'face 'bold) " [" rule "]\n\n")
    (let ((start (point)))
      (insert text "\n")
      (fill-region start (point)))
    (unless (string-empty-p wrong)
      (insert "\n  wrong: " wrong "\n  right: " right "\n"))))

;;; Once

(defun proofd--check-part (start end)
  "Check START to END of the buffer once, and return new overlays, in order."
  (let* ((format (proofd--format))
         (part (save-restriction
                 (widen)
                 (if format
                     (cons (point-min) (point-max))
                   (proofd--whole start end))))
         (text (save-restriction
                 (widen)
                 (proofd--masked-text (car part) (cdr part) format)))
         (tick (buffer-chars-modified-tick))
         (findings (car (proofd--call-and-wait "Check" (proofd--language)
                                               (substring-no-properties text)
                                               (proofd--options format))))
         overlays)
    (unless (= tick (buffer-chars-modified-tick))
      (user-error "The text has changed meanwhile"))
    (pcase-dolist (`(,from ,length ,kind ,confidence ,message ,rule ,candidates) findings)
      (let ((first (+ (car part) from))
            (last (+ (car part) from length)))
        (when (and (>= first start) (<= last end)
                   (not (and (> length 0)
                             (text-property-any from (+ from length) 'proofd-masked t text))))
          (let ((overlay (make-overlay first last)))
            (overlay-put overlay 'proofd-finding
                         (proofd--finding-new :kind kind :confidence confidence :message message
                                              :rule rule :candidates candidates))
            (push overlay overlays)))))
    (nreverse overlays)))

(defun proofd-check-region (start end)
  "Check the text from START to END once, and ask what to do with each finding.
This does not need `proofd-mode', and works in long buffers.
\\<global-map>\\[keyboard-quit] ends it; what was corrected stays."
  (interactive "r")
  (let* ((overlays (proofd--check-part start end))
         (count (length overlays)))
    (unwind-protect
        (dolist (overlay overlays)
          (when (overlay-buffer overlay)
            (goto-char (overlay-start overlay))
            (proofd--correct overlay)))
      (mapc #'delete-overlay overlays))
    (message "proofd: %d finding%s" count (if (= count 1) "" "s"))))

(provide 'proofd-correct)
;;; proofd-correct.el ends here
