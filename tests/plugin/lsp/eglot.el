;;; eglot.el --- what the test lets Emacs do  -*- lexical-binding: t -*-
;; SPDX-License-Identifier: LGPL-2.1-or-later
;; Run with: emacs --batch -l setup.el -l eglot.el FILE; setup.el is that of docs/lsp.md.
;; Prints a line of JSON for each step.

(require 'flymake)
(require 'json)

(defun tell (step &rest more)
  (princ (concat (json-encode (apply #'list :step step more)) "\n")))

(defun wait-for (condition what)
  "Let things happen until CONDITION holds."
  (let ((end (+ (float-time) 120)))
    (while (not (funcall condition))
      (when (> (float-time) end)
        (error "Nothing came of %s" what))
      (accept-process-output nil 0.05))))

(defun shown ()
  "What flymake shows, as the test's findings."
  (sort (mapcar (lambda (diagnostic)
                  (let ((beg (flymake-diagnostic-beg diagnostic))
                        (end (flymake-diagnostic-end diagnostic)))
                    (list (line-number-at-pos beg)
                          (save-excursion (goto-char beg) (1+ (- beg (line-beginning-position))))
                          (- end beg)
                          (flymake-diagnostic-text diagnostic))))
                (flymake-diagnostics))
        (lambda (a b) (or (< (car a) (car b))
                          (and (= (car a) (car b)) (< (cadr a) (cadr b)))))))

(defun tell-shown (step n)
  (wait-for (lambda () (= (length (shown)) n)) step)
  (tell step :found (vconcat (mapcar #'vconcat (shown)))))

(let ((file (pop command-line-args-left))
      (n (string-to-number (pop command-line-args-left))))
  (find-file file)
  (setq eglot-sync-connect 60
        eglot-autoreconnect nil
        eglot-send-changes-idle-time 0.05)
  (call-interactively #'eglot)
  (flymake-mode 1)
  (tell-shown "opened" n)

  ;; a new line, as typed
  (goto-char (point-min))
  (execute-kbd-macro (kbd "I SPC saw SPC teh SPC cat. RET"))
  (run-hooks 'post-command-hook)
  (eglot--signal-textDocument/didChange)
  (tell-shown "typed" (1+ n))

  ;; the first correction of it
  (goto-char (point-min))
  (search-forward "te")
  (let ((completing-read-function (lambda (_prompt choices &rest _) (caar choices)))
        (last-nonmenu-event ?a)) ; not from a mouse
    (eglot-code-actions (point) nil nil t))
  (tell "corrected" :line (buffer-substring-no-properties
                           (point-min) (line-end-position)))
  (eglot--signal-textDocument/didChange)
  (tell-shown "after" n)

  (let ((hover (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover
                                (progn (goto-char (point-min)) (forward-line 1)
                                       (search-forward "recie")
                                       (eglot--TextDocumentPositionParams)))))
    (tell "hover" :text (plist-get (plist-get hover :contents) :value)))
  (set-buffer-modified-p nil)
  (eglot-shutdown (eglot--current-server-or-lose))
  (tell "shut down"))
