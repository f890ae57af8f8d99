package main

import "context"

func (o *analyzeOptions) runEach(ctx context.Context, files []string, std streams) error { return nil }
