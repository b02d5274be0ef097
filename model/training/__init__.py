# SPDX-License-Identifier: LGPL-2.1-or-later
"""From text to a discriminator: what makes the files of model/data."""
