;;; proofd.el --- Find wrong words through the service proofd  -*- lexical-binding: t -*-

;; SPDX-License-Identifier: LGPL-2.1-or-later

;; Author: The proofd authors
;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: wp, text, convenience

;;; Commentary:

;; proofd finds wrong words in English text, on your own machine: misspellings, and what a
;; spelling checker cannot see, such as "she go" or "your welcome".  This package shows what it
;; finds while you write, in text, in markup, and in the comments and strings of programs.
;;
;;   (require 'proofd)
;;   (global-proofd-mode)
;;
;; `M-$' corrects the finding at point or the nearest one; `M-n' and `M-p' on a finding go to the
;; next and to the one before; the right mouse button has a menu.  See README.md beside this file.

;;; Code:

(require 'flymake)
(require 'proofd-correct)
(require 'proofd-document)

(defgroup proofd nil
  "Wrong words, found by the service proofd."
  :group 'text
  :prefix "proofd-")

(defface proofd-spelling
  '((((supports :underline (:style wave))) :underline (:style wave :color "Red1"))
    (t :inherit error :underline t))
  "Face of words that are not in the dictionary.")

(defface proofd-grammar
  '((((supports :underline (:style wave))) :underline (:style wave :color "DodgerBlue2"))
    (t :inherit warning :underline t))
  "Face of words that exist but are wrong where they stand.")

(defvar proofd-finding-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "M-n") #'proofd-next)
    (define-key map (kbd "M-p") #'proofd-previous)
    (define-key map [mouse-3]
      '(menu-item "" proofd-mouse-menu
                  :filter (lambda (command)
                            (unless (bound-and-true-p context-menu-mode) command))))
    map)
  "Keys while point is on a finding.")

(defvar proofd-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map [remap ispell-word] #'proofd-correct)
    map)
  "Keys of `proofd-mode'.")

(defvar proofd-repeat-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "M-n") #'proofd-next)
    (define-key map (kbd "M-p") #'proofd-previous)
    (define-key map (kbd "M-$") #'proofd-correct)
    map)
  "Keys after `proofd-next' and `proofd-previous' in `repeat-mode'.")
(put 'proofd-next 'repeat-map 'proofd-repeat-map)
(put 'proofd-previous 'repeat-map 'proofd-repeat-map)

;;; Flymake

(defconst proofd--overlay-properties
  `((keymap . ,proofd-finding-map) (mouse-face . highlight))
  "What overlays of findings have besides a face.")

(pcase-dolist (`(,type ,face ,severity ,name) '((:proofd-spelling proofd-spelling :warning "spelling")
                                               (:proofd-grammar proofd-grammar :debug "grammar")))
  (put type 'face face)
  (put type 'flymake-bitmap nil)
  (put type 'severity (warning-numeric-level severity))
  (put type 'mode-line-face (if (eq severity :warning) 'compilation-warning 'compilation-info))
  (put type 'flymake-type-name name)
  (put type 'flymake-overlay-control proofd--overlay-properties))

(defvar-local proofd--report nil
  "The function of Flymake that findings are told to.")

(defvar-local proofd--flymake nil
  "Whether `proofd-mode' has turned Flymake on, and with which backends before.
A list (BACKENDS), or nil.")

(defvar-local proofd--typing nil
  "Where the word ends that is being typed.")

(defvar-local proofd--tick nil
  "The buffer's modification tick and size after the last command.")

(defvar-local proofd--count 0
  "How many findings the buffer has.")

(defun proofd--unfinished-p (overlay)
  "Is the word of OVERLAY being typed?"
  (and proofd--typing
       (<= (overlay-start overlay) proofd--typing (overlay-end overlay))))

(defun proofd--diagnostic (overlay)
  "The finding of OVERLAY, for Flymake."
  (let* ((finding (overlay-get overlay 'proofd-finding))
         (spelling (equal (proofd--finding-kind finding) "spelling"))
         (start (overlay-start overlay))
         (end (overlay-end overlay)))
    (when (= start end) ; between words: show it on a neighbour
      (if (< end (point-max))
          (setq end (1+ end))
        (setq start (max (point-min) (1- start)))))
    (flymake-make-diagnostic (current-buffer) start end
                             (if spelling :proofd-spelling :proofd-grammar)
                             (proofd--describe finding))))

(defun proofd--diagnostics (start end)
  "The findings from START to END that are to be shown, for Flymake."
  (let (diagnostics)
    (dolist (overlay (proofd--findings start end) diagnostics)
      (unless (or (proofd--unfinished-p overlay)
                  (= (point-min) (point-max)))
        (push (proofd--diagnostic overlay) diagnostics)))))

(defun proofd-flymake (report-function &rest _)
  "Backend of Flymake: tell REPORT-FUNCTION what is known, and later what comes.
It is for `flymake-diagnostic-functions', where `proofd-mode' puts it."
  (setq proofd--report report-function)
  (funcall report-function
           (and (proofd--current)
                (save-restriction
                  (widen)
                  (proofd--diagnostics (point-min) (point-max))))))

(defun proofd--show (start end)
  "Tell Flymake what there is now from START to END."
  (when (proofd--current)
    (save-restriction
      (widen)
      (setq proofd--count (cl-count-if (lambda (overlay) (overlay-get overlay 'proofd-finding))
                                       (overlays-in (point-min) (point-max))))
      (when (and flymake-mode proofd--report (< (point-min) (point-max)))
        ;; Flymake forgets what overlaps the range: all of that has to be told again.
        (let ((from (max (point-min) (min start (1- (point-max)))))
              (to (min (point-max) (max end (1+ start))))
              (grown t))
          (while grown
            (setq grown nil)
            (dolist (overlay (proofd--findings from to))
              (let ((first (max (point-min) (min (overlay-start overlay) (1- (overlay-end overlay)))))
                    (last (min (point-max) (max (overlay-end overlay) (1+ (overlay-start overlay))))))
                (when (or (< first from) (> last to))
                  (setq from (min from first) to (max to last) grown t)))))
          (condition-case nil
              (funcall proofd--report (proofd--diagnostics from to) :region (cons from to))
            (error (setq proofd--report nil))))))
    (force-mode-line-update)))

;;; What is being typed

(defun proofd--after-command ()
  "Hide what is found in a word that is being typed, and show it afterwards."
  (let* ((now (cons (buffer-chars-modified-tick) (buffer-size)))
         (before proofd--typing)
         (typing (and proofd--tick
                      (/= (car now) (car proofd--tick))
                      (<= (abs (- (cdr now) (cdr proofd--tick))) 1)
                      (memq (and (char-before) (char-syntax (char-before))) '(?w ?_ ?'))
                      (point))))
    (setq proofd--tick now)
    (unless (eql typing before)
      (setq proofd--typing typing)
      (dolist (place (list before typing))
        (when (and place (<= place (1+ (buffer-size)))
                   (save-restriction
                     (widen)
                     (proofd--findings place place)))
          (proofd--show place place))))))

;;; Modes

(defun proofd--lighter ()
  "The mode line's part: how many findings there are, or that none can come."
  (let* ((document (proofd--current))
         (state (and document (proofd--document-state document))))
    (pcase state
      ('open (if (> proofd--count 0) (format " Proofd:%d" proofd--count) " Proofd"))
      ('opening " Proofd:…")
      (_ (propertize " Proofd:!" 'face 'warning
                     'help-echo (or (and document (proofd--document-message document))
                                    proofd--trouble "Waiting for the service"))))))

(defun proofd--start-flymake ()
  "Let Flymake show the findings.
Where Flymake was off, other backends stay off."
  (if flymake-mode
      (progn
        (add-hook 'flymake-diagnostic-functions #'proofd-flymake nil t)
        (if proofd--flymake
            (flymake-mode 1) ; a cloned buffer: begin anew
          (flymake-start)))
    (setq proofd--flymake (list (and (local-variable-p 'flymake-diagnostic-functions)
                                     flymake-diagnostic-functions)))
    (setq-local flymake-diagnostic-functions (list #'proofd-flymake))
    (flymake-mode 1))
  (when (bound-and-true-p global-eldoc-mode)
    (eldoc-mode 1)))

(defun proofd--stop-flymake ()
  "Undo `proofd--start-flymake'."
  (setq proofd--report nil)
  (if (not proofd--flymake)
      (progn
        (remove-hook 'flymake-diagnostic-functions #'proofd-flymake t)
        (when flymake-mode
          (flymake-mode 1)))
    (flymake-mode -1)
    (if (car proofd--flymake)
        (setq-local flymake-diagnostic-functions (car proofd--flymake))
      (kill-local-variable 'flymake-diagnostic-functions))
    (setq proofd--flymake nil)))

(defconst proofd--hooks
  '((before-change-functions . proofd--before-change)
    (after-change-functions . proofd--after-change)
    (post-command-hook . proofd--after-command)
    (jit-lock-functions . proofd--on-fontified)
    (window-scroll-functions . proofd--on-window-change)
    (window-buffer-change-functions . proofd--on-window-change)
    (window-selection-change-functions . proofd--on-window-change)
    (proofd-findings-changed-functions . proofd--show)
    (context-menu-functions . proofd-context-menu)
    (clone-buffer-hook . proofd--on-clone)
    (clone-indirect-buffer-hook . proofd--on-clone)
    (change-major-mode-hook . proofd--disable)
    (kill-buffer-hook . proofd--disable))
  "Hooks of a buffer that is checked, and what is put there.")

(defun proofd--enable ()
  "Check the current buffer."
  (unless (proofd--current)
    (pcase-dolist (`(,hook . ,function) proofd--hooks)
      (add-hook hook function nil t))
    (setq proofd--tick nil proofd--typing nil proofd--count 0)
    (proofd--start)
    (proofd--start-flymake)))

(defun proofd--disable ()
  "Check the current buffer no more."
  (when (proofd--current)
    (pcase-dolist (`(,hook . ,function) proofd--hooks)
      (remove-hook hook function t))
    (proofd--stop)
    (proofd--stop-flymake)))

(defvar proofd-mode)

(defun proofd--on-clone ()
  "The buffer is a copy of one that is checked: give it a document of its own."
  (when proofd-mode
    (setq proofd--report nil)
    (save-restriction
      (widen)
      (remove-overlays (point-min) (point-max) 'category 'proofd-finding))
    (proofd--enable)))

;;;###autoload
(define-minor-mode proofd-mode
  "Show wrong words while you write, found by the service proofd.

In programs, comments and strings are checked; what else is no
prose is said by the faces of the major mode (`proofd-code-faces')
or by its format (`proofd-formats').  Flymake shows the findings:
`flymake-show-buffer-diagnostics' lists them.  A word is not
reported while it is being typed.

\\{proofd-mode-map}
On a finding:

\\{proofd-finding-map}"
  :lighter (:eval (proofd--lighter))
  :keymap proofd-mode-map
  :group 'proofd
  (cond ((not proofd-mode) (proofd--disable))
        ((> (buffer-size) proofd-maximum-size)
         (setq proofd-mode nil)
         (message "proofd: %s has more than %d characters (proofd-maximum-size); %s"
                  (buffer-name) proofd-maximum-size
                  "M-x proofd-check-region checks a part"))
        (t (proofd--enable))))

(defun proofd--turn-on ()
  "Turn `proofd-mode' on where text is written."
  (unless (or (minibufferp) buffer-read-only (string-prefix-p " " (buffer-name)))
    (proofd-mode 1)))

;;;###autoload
(define-globalized-minor-mode global-proofd-mode proofd-mode proofd--turn-on
  :predicate '((not nxml-mode special-mode) text-mode prog-mode conf-mode)
  :group 'proofd)

;;;###autoload
(autoload 'proofd-check-region "proofd" nil t)

(provide 'proofd)
;;; proofd.el ends here
