# SPDX-License-Identifier: LGPL-2.1-or-later
"""A small program with Qt: the text that is asked for, a password, a line."""

import sys

from PyQt5.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

application = QApplication(["qt-program"])
window = QWidget()
layout = QVBoxLayout(window)
text = QPlainTextEdit() if sys.argv[1:] == ["plain"] else QTextEdit()
password = QLineEdit()
password.setEchoMode(QLineEdit.Password)
for widget in (text, password, QLineEdit()):
    layout.addWidget(widget)
text.setTabChangesFocus(True)
window.resize(600, 400)
window.show()
application.exec_()
