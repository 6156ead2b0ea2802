;;; try.el --- lsp-mode with the configuration of docs/editors.md  -*- lexical-binding: t; -*-
;; Usage: emacs --batch -l try.el CONFIGURATION FILE EXPECTED, with lsp-mode on the load path and `inhouse' on PATH.
;; Opens FILE, asks at its end as a key would, looks at the overlay, accepts, and compares the buffer with EXPECTED.

(require 'lsp-mode)
(setq lsp-auto-guess-root t
      lsp-session-file (make-temp-name (expand-file-name "lsp-session" temporary-file-directory))
      lsp-enable-file-watchers nil
      lsp-keep-workspace-alive nil
      lsp-warn-no-matched-clients nil)
(pcase-let ((`(,configuration ,file ,expected) command-line-args-left))
  (setq command-line-args-left nil)
  (load configuration nil t)
  (find-file file)
  (set-window-buffer (selected-window) (current-buffer))
  (lsp-workspace-folders-add (file-name-directory file))
  (lsp)
  (let ((deadline (+ (float-time) 60)))
    (while (and (not (lsp-feature? "textDocument/inlineCompletion")) (< (float-time) deadline))
      (accept-process-output nil 0.05)))
  (goto-char (point-max))
  (lsp-inline-completion-display)
  (unless (lsp-inline-completion--active-p)
    (error "No overlay is shown"))
  (princ (format "mode on: %s\n" (and lsp-inline-completion-mode t)))
  (princ (format "overlay: %s\n" (overlay-get lsp-inline-completion--overlay 'after-string)))
  (lsp-inline-completion-accept)
  (accept-process-output nil 0.5)
  (princ (format "buffer: %S\n" (buffer-string)))
  (let ((right (equal (buffer-string) expected)))
    (set-buffer-modified-p nil)
    (kill-emacs (if right 0 1))))
