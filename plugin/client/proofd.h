/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proofd.h - libproofd: finds wrong words and proposes corrections, through the service proofd
 *
 * Start with ProofdClient. Positions are code points unless ProofdOptions:offsets says otherwise.
 */
#pragma once

#include <proofd-client.h>
#include <proofd-document.h>
#include <proofd-error.h>
#include <proofd-explanation.h>
#include <proofd-finding.h>
#include <proofd-options.h>
