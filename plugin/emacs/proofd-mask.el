;;; proofd-mask.el --- What in a buffer is prose  -*- lexical-binding: t -*-

;; SPDX-License-Identifier: LGPL-2.1-or-later

;; This file is part of proofd, an English checker for the Linux desktop.

;;; Commentary:

;; The service gets each buffer's text with what is no prose masked, every character by one
;; character, so that positions in the text are positions in the buffer.  A sentence must stay
;; whole and must not run into its neighbour, or the network judges what nobody has written.  So
;; there are three ways to mask:
;;
;; cut    Code between comments, blocks, tables: line ends instead, so that an empty line stands
;;        there, which ends a paragraph.
;; blank  Marks that are no part of the sentence, such as the signs at the beginning of each line
;;        of a comment: spaces instead, so that the sentence goes on.
;; keep   Inline code, formulas: the words stay, since the sentence needs something in their place,
;;        but nothing that is found there is shown.
;;
;; What is code is said by the major mode: by its syntax table in `proofd-syntax-modes', where
;; comments and strings alone are prose, and by its faces elsewhere.  In modes of `proofd-formats'
;; the text goes as it is, for the service itself knows the markup.

;;; Code:

(require 'subr-x)

(defun proofd--customize (symbol value)
  "Set the option SYMBOL to VALUE, and check all buffers with it."
  (set-default symbol value)
  (when (fboundp 'proofd-restart)
    (proofd-restart)))

(defcustom proofd-formats
  '((markdown-mode . "markdown")
    (html-mode . "html")
    (latex-mode . "latex")
    (LaTeX-mode . "latex")
    (rst-mode . "rst")
    (git-commit-mode . "commit")
    (vc-git-log-edit-mode . "commit"))
  "Markup that the service reads by itself, as an alist (MODE . FORMAT).
MODE is a major mode, or one that it is derived from, or a minor
mode; the first that fits counts.  A format that the service does
not know is not used: `proofd-code-faces' say then what is code."
  :type '(alist :key-type symbol :value-type string)
  :set #'proofd--customize :initialize #'custom-initialize-default
  :group 'proofd)

(defcustom proofd-syntax-modes '(prog-mode conf-mode yaml-mode)
  "Major modes in which only comments and strings are prose.
Modes derived from them count too."
  :type '(repeat symbol)
  :set #'proofd--customize :initialize #'custom-initialize-default
  :group 'proofd)

(defcustom proofd-check-strings 'prose
  "Which strings of programs are checked.
The symbol `prose' means those of three words and more, and all
that have `font-lock-doc-face'; t means all, nil none."
  :type '(choice (const :tag "Those with several words" prose)
                 (const :tag "All" t)
                 (const :tag "None" nil))
  :set #'proofd--customize :initialize #'custom-initialize-default
  :group 'proofd)

(defcustom proofd-code-faces
  '((prog-mode font-lock-constant-face font-lock-doc-markup-face font-lock-preprocessor-face)
    (org-mode org-block org-block-begin-line org-block-end-line org-code org-verbatim org-formula
              org-latex-and-related org-macro org-meta-line org-drawer
              org-special-keyword org-property-value org-date org-cite org-cite-key org-footnote
              org-table org-column)
    (markdown-mode markdown-code-face markdown-inline-code-face markdown-pre-face
                   markdown-language-keyword-face markdown-language-info-face markdown-math-face
                   markdown-url-face markdown-plain-url-face markdown-reference-face
                   markdown-html-attr-name-face markdown-html-attr-value-face
                   markdown-html-tag-name-face markdown-metadata-key-face)
    (tex-mode tex-math tex-verbatim font-latex-math-face font-latex-verbatim-face
              font-latex-sedate-face font-lock-keyword-face font-lock-constant-face
              font-lock-variable-name-face)
    (TeX-mode font-latex-math-face font-latex-verbatim-face font-latex-sedate-face
              font-lock-keyword-face font-lock-constant-face font-lock-variable-name-face)
    (texinfo-mode font-lock-keyword-face font-lock-function-name-face font-lock-variable-name-face)
    (rst-mode rst-literal rst-external rst-directive rst-reference)
    (sgml-mode font-lock-function-name-face font-lock-variable-name-face font-lock-string-face
               font-lock-keyword-face)
    (message-mode message-header-to message-header-cc message-header-other
                  message-header-newsgroups message-header-xheader message-separator message-mml
                  message-cited-text-1 message-cited-text-2 message-cited-text-3
                  message-cited-text-4)
    (log-edit-mode log-edit-header log-edit-headers-separator)
    (t font-lock-comment-delimiter-face))
  "Faces of what is no prose, as an alist (MODE FACE...).
The faces of all entries whose mode is t, the buffer's major mode
or one that it is derived from are taken together.  Lines that are
covered by such faces are left out.  Where they cover part of a
line, as inline code does, it stays in its sentence, and nothing
in it is reported."
  :type '(alist :key-type symbol :value-type (repeat face))
  :set #'proofd--customize :initialize #'custom-initialize-default
  :group 'proofd)

(defcustom proofd-markup-faces
  '((org-mode org-document-info-keyword org-todo org-done org-priority org-tag org-checkbox org-hide
              org-checkbox-statistics-todo org-checkbox-statistics-done)
    (markdown-mode markdown-markup-face)
    (message-mode message-header-name))
  "Faces of marks that are no part of a sentence, as `proofd-code-faces'.
A sentence is read as if there were spaces in their place."
  :type '(alist :key-type symbol :value-type (repeat face))
  :set #'proofd--customize :initialize #'custom-initialize-default
  :group 'proofd)

(defcustom proofd-ignored-regexps
  '("`[^`'\n]+[`']"
    "-\\*-.*-\\*-"
    "SPDX-[-A-Za-z]+:.*"
    "Copyright (C).*\\|Copyright ©.*"
    "\\_<\\(?:noqa\\|pylint:\\|type: ignore\\|eslint-\\|shellcheck \\|NOLINT\\|clang-format \\).*"
    "Local\\(?:Words\\| Variables\\):.*")
  "Regular expressions for code inside of comments and strings.
They count in modes of `proofd-syntax-modes'."
  :type '(repeat regexp)
  :set #'proofd--customize :initialize #'custom-initialize-default
  :group 'proofd)

(defvar proofd--refused-formats nil
  "Formats that the running service does not know.")

(defconst proofd--longest-construct 20000
  "Characters at most of a string or comment that is taken as a whole.")

;;; Tables

(defun proofd--table (replacement)
  "A table for `translate-region' that has REPLACEMENT for all but white space."
  (let ((table (make-char-table 'translation-table)))
    (set-char-table-range table t replacement)
    (dolist (char '(?\s ?\t ?\n) table)
      (aset table char char))))

(defconst proofd--tables
  (list (cons 'cut (proofd--table ?\n)) (cons 'blank (proofd--table ?\s)))
  "For each way to mask, what it makes of a character.")

(defun proofd--mask (start end how)
  "Mask START to END of the current buffer; HOW is `cut', `blank' or `keep'.
Nothing that is found there will be shown."
  (when (< start end)
    (unless (eq how 'keep)
      (translate-region start end (alist-get how proofd--tables)))
    (put-text-property start end 'proofd-masked t)))

;;; What the mode says

(defun proofd--mode-p (mode)
  "Is MODE t, the major mode or a parent of it, or a minor mode that is on?"
  (or (eq mode t)
      (derived-mode-p mode)
      (and (memq mode minor-mode-list) (boundp mode) (symbol-value mode))))

(defun proofd--format ()
  "The service's format for the current buffer, or nil."
  (seq-some (lambda (entry)
              (and (proofd--mode-p (car entry))
                   (not (member (cdr entry) proofd--refused-formats))
                   (cdr entry)))
            proofd-formats))

(defun proofd--faces (alist)
  "The faces that ALIST, such as `proofd-code-faces', has for the current buffer."
  (apply #'append (mapcar (lambda (entry) (and (proofd--mode-p (car entry)) (cdr entry))) alist)))

(defun proofd--has-face (value faces)
  "Is VALUE, of a text property `face', one of FACES or a list with one of them?"
  (if (listp value)
      (seq-some (lambda (face) (and (symbolp face) (memq face faces))) value)
    (memq value faces)))

(defun proofd--face-runs (start end faces)
  "Places between START and END that have one of FACES, as a list (FROM . TO)."
  (let (runs)
    (while (< start end)
      (let ((next (next-single-property-change start 'face nil end)))
        (when (proofd--has-face (get-text-property start 'face) faces)
          (if (eql (cdar runs) start)
              (setcdr (car runs) next)
            (push (cons start next) runs)))
        (setq start next)))
    (nreverse runs)))

;;; Comments and strings

(defun proofd--whole (start end)
  "Extend START and END to whole lines, comments and strings, as (START . END)."
  (save-excursion
    (goto-char end)
    (unless (bolp)
      (setq end (min (point-max) (1+ (line-end-position)) (+ end proofd--longest-construct))))
    (goto-char start)
    (setq start (max (line-beginning-position) (- start proofd--longest-construct)))
    (when (apply #'derived-mode-p proofd-syntax-modes)
      (when-let* ((opened (nth 8 (syntax-ppss start)))
                  ((< (- start opened) proofd--longest-construct)))
        (goto-char opened)
        (setq start (line-beginning-position)))
      (let ((state (syntax-ppss end)))
        (when (nth 8 state)
          (goto-char end)
          (parse-partial-sexp end (min (point-max) (+ end proofd--longest-construct))
                              nil nil state 'syntax-table)
          (unless (bolp)
            (goto-char (min (point-max) (1+ (line-end-position)))))
          (setq end (point)))))
    (cons start end)))

(defun proofd--prose-string-p (start end)
  "Is the string with the content START to END to be checked?"
  (pcase proofd-check-strings
    ('nil nil)
    ('prose (or (proofd--has-face (get-text-property start 'face) '(font-lock-doc-face))
                (save-excursion
                  (goto-char start)
                  (re-search-forward
                   "[[:alpha:]]+[,;:]?\\s-+[[:alpha:]']+[,;:]?\\s-+[[:alpha:]]" end t))))
    (_ t)))

(defun proofd--mask-comment (start end mask)
  "Call MASK for the signs around the comment whose content is START to END."
  (save-excursion
    (goto-char start)
    (when (looking-at "[*;#/!|%-]+")
      (funcall mask start (min end (match-end 0)) 'blank))
    (while (re-search-forward "^[ \t]*\\(\\*+\\|;+\\|#+\\|//+\\)\\(?:[ \t]\\|$\\)" end t)
      (funcall mask (match-beginning 1) (match-end 1) 'blank)
      (goto-char (match-end 1)))
    (goto-char end)
    (when (looking-back "\\(?:\\*+[/)]\\|--+>\\|-}\\||#\\|#>\\)" (max start (- end 20)) t)
      (funcall mask (max start (match-beginning 0)) end 'cut))))

(defun proofd--mask-string (start end mask)
  "Call MASK for what is no prose in the string whose content is START to END."
  (if (not (proofd--prose-string-p start end))
      (funcall mask start end 'cut)
    (save-excursion
      (goto-char start)
      (while (re-search-forward "\\\\\\(?:[abefrtv0\"'\\]\\|\\(n\\)\\)" end t)
        (funcall mask (match-beginning 0) (match-end 0) (if (match-end 1) 'cut 'blank))))))

(defun proofd--mask-syntax (start end mask)
  "Call MASK for all between START and END but comments and strings."
  (save-excursion
    (let ((state (syntax-ppss start)))
      (goto-char start)
      (while (< (point) end)
        (let ((from (point)))
          (if (nth 8 state)
              (let ((comment (nth 4 state)))
                (setq state (parse-partial-sexp from end nil nil state 'syntax-table))
                (if comment
                    (proofd--mask-comment from (point) mask)
                  (let ((to (if (nth 8 state) (point) (max from (1- (point))))))
                    (proofd--mask-string from to mask)
                    (funcall mask to (point) 'cut))))
            (setq state (parse-partial-sexp from end nil nil state 'syntax-table))
            (let ((opened (if (nth 8 state) (max from (nth 8 state)) (point))))
              (funcall mask from opened 'cut)
              (funcall mask opened (point) (if (nth 4 state) 'blank 'cut))))
          (when (= (point) from)
            (forward-char)))))
    (dolist (regexp proofd-ignored-regexps)
      (goto-char start)
      (while (re-search-forward regexp end t)
        (funcall mask (match-beginning 0) (match-end 0) 'keep)
        (when (= (match-beginning 0) (match-end 0))
          (forward-char))))))

;;; Faces

(defun proofd--mask-code (start end mask)
  "Call MASK for code from START to END: whole lines are cut, parts of lines kept."
  (save-excursion
    (goto-char start)
    (while (< (point) end)
      (let* ((from (point))
             (to (min end (line-end-position)))
             (whole (and (progn (skip-chars-backward " \t") (bolp))
                         (progn (goto-char to) (skip-chars-forward " \t") (eolp)))))
        (funcall mask from to (if whole 'cut 'keep))
        (goto-char (min end (1+ to)))))))

(defun proofd--mask-faces (start end mask)
  "Call MASK for what has faces of code or markup between START and END."
  (let ((code (proofd--faces proofd-code-faces))
        (markup (proofd--faces proofd-markup-faces)))
    (dolist (run (and code (proofd--face-runs start end code)))
      (proofd--mask-code (car run) (cdr run) mask))
    (dolist (run (and markup (proofd--face-runs start end markup)))
      (funcall mask (car run) (cdr run) 'blank))
    (when (derived-mode-p 'org-mode)
      (while (setq start (text-property-any start end 'invisible 'org-link))
        (let ((next (next-single-property-change start 'invisible nil end)))
          (funcall mask start next 'blank)
          (setq start next))))))

(defun proofd--needs-faces-p ()
  "Do faces of the current buffer say what is prose?"
  (and font-lock-mode
       (or (apply #'derived-mode-p proofd-syntax-modes)
           (proofd--faces proofd-code-faces))))

;;; The text

(defun proofd--clean ()
  "Replace what D-Bus cannot carry in the current buffer."
  (goto-char (point-min))
  (while (re-search-forward "[^\x1-\xd7ff\xe000-\x10ffff]" nil t)
    (replace-match " " t t)))

(defun proofd--masked-text (start end format)
  "The text from START to END of the current buffer, as long, for the service.
FORMAT is its format; without one, what is no prose is masked, and
START and END should come from `proofd--whole'.  Text whose
findings are not to be shown has the text property `proofd-masked'."
  (let ((text (buffer-substring-no-properties start end))
        (buffer (current-buffer)))
    (with-temp-buffer
      (let ((masked (current-buffer))
            (inhibit-modification-hooks t))
        (buffer-disable-undo)
        (insert text)
        (unless format
          (with-current-buffer buffer
            (save-match-data
              (when (proofd--needs-faces-p)
                (font-lock-ensure start end))
              (let ((mask (lambda (from to how)
                            (setq from (max from start) to (min to end))
                            (when (< from to)
                              (with-current-buffer masked
                                (proofd--mask (1+ (- from start)) (1+ (- to start)) how))))))
                (when (apply #'derived-mode-p proofd-syntax-modes)
                  (proofd--mask-syntax start end mask))
                (proofd--mask-faces start end mask)))))
        (proofd--clean)
        (buffer-string)))))

(provide 'proofd-mask)
;;; proofd-mask.el ends here
