package app

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.26.0"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
)

// meter counts calls. It is made anew for each service, so that two in one process do
// not share numbers.
type meter struct {
	registry *prometheus.Registry
	calls    *prometheus.HistogramVec
}

func newMeter() *meter {
	m := &meter{
		registry: prometheus.NewRegistry(),
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "imprimatur_grpc_call_seconds", Help: "Duration of calls by method and code, REST included.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"method", "code"}),
	}
	m.registry.MustRegister(m.calls, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *meter) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	return mux
}

func (m *meter) unary(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	begin := time.Now()
	answer, err := next(ctx, req)
	m.calls.WithLabelValues(info.FullMethod, status.Code(err).String()).Observe(time.Since(begin).Seconds())
	return answer, err
}

func (m *meter) stream(srv any, ss grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	begin := time.Now()
	err := next(srv, ss)
	m.calls.WithLabelValues(info.FullMethod, status.Code(err).String()).Observe(time.Since(begin).Seconds())
	return err
}

// telemetry are the options that make the gRPC server count and trace.
func (s *Service) telemetry(m *meter) []grpc.ServerOption {
	options := []grpc.ServerOption{grpc.ChainUnaryInterceptor(m.unary), grpc.ChainStreamInterceptor(m.stream)}
	if s.Config.OTLPEndpoint != "" {
		options = append(options, grpc.StatsHandler(otelgrpc.NewServerHandler()))
	}
	return options
}

// startTracing connects to the collector when one is configured, and returns what ends
// it: the spans in hand are sent first.
func (s *Service) startTracing(ctx context.Context) (func(context.Context) error, error) {
	if s.Config.OTLPEndpoint == "" {
		return func(context.Context) error { return nil }, nil
	}
	exporter, err := otlptracegrpc.New(ctx, otlptracegrpc.WithEndpointURL(s.Config.OTLPEndpoint))
	if err != nil {
		return nil, fmt.Errorf("tracing: %w", err)
	}
	provider := trace.NewTracerProvider(
		trace.WithBatcher(exporter),
		trace.WithResource(resource.NewSchemaless(semconv.ServiceName("imprimatur"))))
	otel.SetTracerProvider(provider)
	return provider.Shutdown, nil
}
